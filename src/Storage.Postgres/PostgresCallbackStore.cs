using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Callbacks.Sending;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Storage.Postgres.Sessions;

namespace OtpPipeline.Storage.Postgres;

/// <summary>Callbacks on PostgreSQL: each step is one statement that commits by itself.</summary>
internal sealed class PostgresCallbackStore(NpgsqlDataSource dataSource) : ICallbackStore
{
    private const string AllColumns =
        "c.id, c.otp_id, c.application_id, c.sequence, c.status, c.reason, c.content, c.attempts, c.failures, "
        + "c.due_at, c.lease_id, c.created_at, c.updated_at, c.previous";

    private const string AttemptColumns = "a.callback_id, a.number, a.started_at, a.duration_ms, a.http_status, a.error, a.answer";

    private const string UnsentSql =
        $"""
        SELECT c.id, c.previous, {Rows.Change}, d.channel, d.provider, d.step, d.attempt, {Rows.Otp}
        FROM callbacks c
        JOIN otps o ON o.id = c.otp_id
        JOIN otp_changes h ON h.otp_id = c.otp_id AND h.sequence = c.sequence
        LEFT JOIN deliveries d ON d.id = h.delivery_id
        """;

    // Only the first attempt: what was claimed once is due again when its lease ends.
    private const string ClaimSql =
        $"""
        WITH n AS MATERIALIZED (SELECT * FROM unnest($1, $2) AS n (id, content) ORDER BY id)
        UPDATE callbacks c SET content = n.content, lease_id = $3, due_at = clock_timestamp() + $4
        FROM n WHERE c.id = n.id AND c.content IS NULL AND c.lease_id IS NULL AND {Rows.Unindexed}c.status = 'PENDING'
        RETURNING c.id
        """;

    private const string StoreSql =
        """
        WITH n AS MATERIALIZED (SELECT * FROM unnest($1, $2) AS n (id, content) ORDER BY id)
        UPDATE callbacks c SET content = n.content
        FROM n WHERE c.id = n.id AND c.content IS NULL AND c.lease_id = $3
        RETURNING c.id
        """;

    private const string ClaimDueSql =
        $"""
        WITH due AS MATERIALIZED (
            SELECT d.id
            FROM unnest($3) AS a (application_id)
            CROSS JOIN LATERAL (
                SELECT p.id FROM callbacks p
                WHERE p.status = 'PENDING' AND p.application_id = a.application_id AND p.due_at <= (SELECT clock_timestamp())
                ORDER BY p.due_at LIMIT $4 FOR UPDATE SKIP LOCKED) d)
        UPDATE callbacks c SET lease_id = $1, due_at = clock_timestamp() + $2
        FROM due WHERE c.id = due.id
        RETURNING {AllColumns}
        """;

    // One step in the index an application, however many callbacks each has.
    private const string DueApplicationsSql =
        """
        WITH RECURSIVE a AS (
            (SELECT application_id FROM callbacks WHERE status = 'PENDING' ORDER BY application_id LIMIT 1)
            UNION ALL
            SELECT n.application_id
            FROM a CROSS JOIN LATERAL (
                SELECT c.application_id FROM callbacks c
                WHERE c.status = 'PENDING' AND c.application_id > a.application_id
                ORDER BY c.application_id LIMIT 1) n)
        SELECT a.application_id FROM a
        WHERE EXISTS (
            SELECT 1 FROM callbacks c
            WHERE c.status = 'PENDING' AND c.application_id = a.application_id AND c.due_at <= (SELECT clock_timestamp()))
        """;

    // A report counts for its own lease only, and only one that made an attempt adds one.
    private const string RecordSql =
        $"""
        WITH r AS MATERIALIZED (
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS r (id, lease_id, status, reason, delay, made, duration, http_status, error, answer)
            ORDER BY id),
        written AS (
            UPDATE callbacks c
            SET status = r.status, reason = r.reason, lease_id = NULL, due_at = clock_timestamp() + r.delay, updated_at = clock_timestamp(),
                attempts = c.attempts + r.made, failures = c.failures + CASE WHEN r.status = 'DELIVERED' THEN 0 ELSE r.made END
            FROM r WHERE c.id = r.id AND c.lease_id = r.lease_id AND {Rows.Unindexed}c.status = 'PENDING'
            RETURNING c.id, c.attempts),
        noted AS (
            INSERT INTO callback_attempts (callback_id, number, started_at, duration_ms, http_status, error, answer)
            SELECT w.id, w.attempts, clock_timestamp() - r.duration, (extract(epoch FROM r.duration) * 1000)::int, r.http_status, r.error, r.answer
            FROM written w JOIN r USING (id) WHERE r.made = 1)
        SELECT id FROM written
        """;

    public Task<IReadOnlyList<UnsentCallback>> ReadUnsentAsync(
        IReadOnlyCollection<Guid> otpIds, CancellationToken cancellationToken) => UnsentAsync(
        $"{UnsentSql} WHERE c.otp_id = ANY ($1) AND {Rows.Unindexed}c.status = 'PENDING' AND c.content IS NULL AND c.lease_id IS NULL",
        [Columns.From(otpIds)],
        cancellationToken);

    public Task<IReadOnlyList<UnsentCallback>> ReadLeasedAsync(
        Guid leaseId, IReadOnlyCollection<Guid> callbackIds, CancellationToken cancellationToken) => UnsentAsync(
        $"{UnsentSql} WHERE c.id = ANY ($1) AND c.lease_id = $2",
        [Columns.From(callbackIds), new() { Value = leaseId }],
        cancellationToken);

    public Task<IReadOnlySet<Guid>> ClaimAsync(
        Guid leaseId, TimeSpan lease, IReadOnlyList<RenderedCallback> rendered, CancellationToken cancellationToken) =>
        IdsAsync(ClaimSql, [.. Contents(rendered), new() { Value = leaseId }, new() { Value = lease }], cancellationToken);

    public Task<IReadOnlySet<Guid>> StoreAsync(
        Guid leaseId, IReadOnlyList<RenderedCallback> rendered, CancellationToken cancellationToken) =>
        IdsAsync(StoreSql, [.. Contents(rendered), new() { Value = leaseId }], cancellationToken);

    public async Task<IReadOnlyList<Guid>> ReadDueApplicationsAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(DueApplicationsSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await Rows.ReadAllAsync(reader, r => r.GetGuid(0), cancellationToken);
    }

    public async Task<IReadOnlyList<Callback>> ClaimDueAsync(
        Guid leaseId, TimeSpan lease, IReadOnlyCollection<Guid> applicationIds, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(ClaimDueSql);
        command.Parameters.Add(new() { Value = leaseId });
        command.Parameters.Add(new() { Value = lease });
        command.Parameters.Add(Columns.From(applicationIds));
        command.Parameters.Add(new() { Value = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await Rows.ReadAllAsync(reader, ReadCallback, cancellationToken);
    }

    public Task<IReadOnlySet<Guid>> RecordAsync(IReadOnlyList<CallbackReport> reports, CancellationToken cancellationToken) => IdsAsync(
        RecordSql,
        [
            Columns.From(reports, r => r.CallbackId, NpgsqlDbType.Uuid),
            Columns.From(reports, r => r.LeaseId, NpgsqlDbType.Uuid),
            Columns.From(reports, r => EnumText<CallbackStatus>.Upper(r.Decision.Status), NpgsqlDbType.Text),
            Columns.From(reports, r => r.Decision.Reason, NpgsqlDbType.Text),
            Columns.From(reports, r => r.Decision.Delay, NpgsqlDbType.Interval),
            Columns.From(reports, r => r.Attempt is null ? 0 : 1, NpgsqlDbType.Integer),
            Columns.From(reports, r => r.Attempt?.Duration, NpgsqlDbType.Interval),
            Columns.From(reports, r => r.Attempt?.HttpStatus, NpgsqlDbType.Integer),
            Columns.From(reports, r => r.Attempt?.Error, NpgsqlDbType.Text),
            Columns.From(reports, r => r.Attempt?.Answer, NpgsqlDbType.Bytea),
        ],
        cancellationToken);

    public async Task<IReadOnlyList<CallbackHistory>?> ReadAsync(Guid applicationId, Guid otpId, CancellationToken cancellationToken)
    {
        await using var session = await PostgresSession.OpenAsync(dataSource, cancellationToken);
        await using var batch = session.NewBatch();
        batch.Add("SELECT o.id FROM otps o WHERE o.id = $1 AND o.application_id = $2", new() { Value = otpId }, new() { Value = applicationId });
        batch.Add($"SELECT {AllColumns} FROM callbacks c WHERE c.otp_id = $1 ORDER BY c.sequence", new NpgsqlParameter { Value = otpId });
        batch.Add(
            $"SELECT {AttemptColumns} FROM callback_attempts a JOIN callbacks c ON c.id = a.callback_id WHERE c.otp_id = $1 ORDER BY a.callback_id, a.number",
            new NpgsqlParameter { Value = otpId });
        return await session.ReadAsync<IReadOnlyList<CallbackHistory>?>(
            batch,
            async reader =>
            {
                var otps = await Rows.ReadAllAsync(reader, r => r.GetGuid(0), cancellationToken);
                var histories = await ReadHistoriesAsync(reader, cancellationToken);
                return otps.Count == 0 ? null : histories;
            },
            cancellationToken);
    }

    public async Task<IReadOnlyList<CallbackHistory>> ListAsync(
        CallbackFilter filter, CallbackPlace? after, int limit, CancellationToken cancellationToken)
    {
        var page = CallbackFilterSql.Page(AllColumns, filter, after);
        await using var session = await PostgresSession.OpenAsync(dataSource, cancellationToken);
        await using var batch = session.NewBatch();
        batch.Add(page, CallbackFilterSql.PageValues(filter, after, limit));
        batch.Add(
            $"SELECT {AttemptColumns} FROM callback_attempts a WHERE a.callback_id IN (SELECT p.id FROM ({page}) p) ORDER BY a.callback_id, a.number",
            CallbackFilterSql.PageValues(filter, after, limit));
        return await session.ReadAsync(batch, reader => ReadHistoriesAsync(reader, cancellationToken), cancellationToken);
    }

    public async Task<bool> ReplayAsync(Guid callbackId, Guid? applicationId, Guid? otpId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"UPDATE callbacks c SET {CallbackFilterSql.Replay} WHERE c.id = $1 AND ($2::uuid IS NULL OR c.application_id = $2) AND ($3::uuid IS NULL OR c.otp_id = $3)");
        command.Parameters.Add(new() { Value = callbackId });
        command.Parameters.Add(CallbackFilterSql.Id(applicationId));
        command.Parameters.Add(CallbackFilterSql.Id(otpId));
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    public async Task<ReplayedBatch> ReplayAsync(CallbackFilter filter, Guid? after, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            WITH meant AS MATERIALIZED (
                SELECT c.id FROM callbacks c
                WHERE ($1::uuid IS NULL OR c.id > $1) AND {CallbackFilterSql.From(filter, 3)}
                ORDER BY c.id LIMIT $2 FOR UPDATE)
            UPDATE callbacks c SET {CallbackFilterSql.Replay} FROM meant WHERE c.id = meant.id
            RETURNING c.id
            """);
        NpgsqlParameter[] values = [CallbackFilterSql.Id(after), new() { Value = limit }, .. CallbackFilterSql.Values(filter)];
        command.Parameters.AddRange(values);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = await Rows.ReadAllAsync(reader, r => r.GetGuid(0), cancellationToken);

        // In the order of the database, which compares the bytes as they are printed.
        return new(ids.Count, ids.Count < limit ? null : ids.MaxBy(id => id.ToString(), StringComparer.Ordinal));
    }

    private static NpgsqlParameter[] Contents(IReadOnlyList<RenderedCallback> rendered) =>
        [Columns.From(rendered, r => r.Id, NpgsqlDbType.Uuid), Columns.From(rendered, r => r.Content, NpgsqlDbType.Bytea)];

    private async Task<IReadOnlyList<UnsentCallback>> UnsentAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await Rows.ReadAllAsync(reader, ReadUnsent, cancellationToken);
    }

    private async Task<IReadOnlySet<Guid>> IdsAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return (await Rows.ReadAllAsync(reader, r => r.GetGuid(0), cancellationToken)).ToHashSet();
    }

    private static async Task<List<CallbackHistory>> ReadHistoriesAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var callbacks = await Rows.ReadAllAsync(reader, ReadCallback, cancellationToken);
        var attempts = (await Rows.ReadAllAsync(reader, ReadAttempt, cancellationToken)).ToLookup(a => a.CallbackId);
        return callbacks.ConvertAll(c => new CallbackHistory(c, [.. attempts[c.Id]]));
    }

    private static UnsentCallback ReadUnsent(NpgsqlDataReader r)
    {
        const int Delivery = 2 + Rows.ChangeWidth;
        var change = Rows.ReadChange(r, 2);
        var delivery = change.DeliveryId is null || r.IsDBNull(Delivery)
            ? null
            : change.DeliveryOf(
                EnumText<Channel>.Parse(r.GetString(Delivery)), r.GetString(Delivery + 1), r.GetInt32(Delivery + 2), r.GetInt32(Delivery + 3));
        return new(r.GetGuid(0), Rows.ReadOtp(r, Delivery + 4), change, delivery, r.GetInt64(1));
    }

    private static Callback ReadCallback(NpgsqlDataReader r) => new()
    {
        Id = r.GetGuid(0),
        OtpId = r.GetGuid(1),
        ApplicationId = r.GetGuid(2),
        Sequence = r.GetInt64(3),
        Status = EnumText<CallbackStatus>.Parse(r.GetString(4)),
        Reason = r.Text(5),
        Content = r.IsDBNull(6) ? null : r.Bytes(6),
        Attempts = r.GetInt32(7),
        Failures = r.GetInt32(8),
        DueAt = r.GetDateTime(9),
        LeaseId = r.Value<Guid>(10),
        CreatedAt = r.GetDateTime(11),
        UpdatedAt = r.GetDateTime(12),
        Previous = r.GetInt64(13),
    };

    private static CallbackAttempt ReadAttempt(NpgsqlDataReader r) => new()
    {
        CallbackId = r.GetGuid(0),
        Number = r.GetInt32(1),
        StartedAt = r.GetDateTime(2),
        DurationMs = r.GetInt32(3),
        HttpStatus = r.Value<int>(4),
        Error = r.Text(5),
        Answer = r.IsDBNull(6) ? null : r.Bytes(6),
    };
}
