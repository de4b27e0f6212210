using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Callbacks.Sending;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Storage.Postgres.Sessions;
using OtpPipeline.Storage.Postgres.Tables;

namespace OtpPipeline.Storage.Postgres.Callbacks;

/// <summary>Stores callbacks on PostgreSQL: each step is one statement that commits by itself.</summary>
internal sealed class PostgresCallbackStore(NpgsqlDataSource dataSource) : ICallbackStore
{
    public Task<IReadOnlyList<UnsentCallback>> ReadUnsentAsync(
        IReadOnlyCollection<Guid> otpIds, CancellationToken cancellationToken) => UnsentAsync(
        $"{CallbackTable.Unsent} WHERE c.otp_id = ANY ($1) AND {Rows.Unindexed}c.status = 'PENDING' AND c.content IS NULL AND c.lease_id IS NULL",
        [Parameters.From(otpIds)],
        cancellationToken);

    public Task<IReadOnlyList<UnsentCallback>> ReadLeasedAsync(
        Guid leaseId, IReadOnlyCollection<Guid> callbackIds, CancellationToken cancellationToken) => UnsentAsync(
        $"{CallbackTable.Unsent} WHERE c.id = ANY ($1) AND c.lease_id = $2",
        [Parameters.From(callbackIds), new() { Value = leaseId }],
        cancellationToken);

    public Task<IReadOnlySet<Guid>> ClaimAsync(
        Guid leaseId, TimeSpan lease, IReadOnlyList<RenderedCallback> rendered, CancellationToken cancellationToken) =>
        IdsAsync(CallbackTable.Claim, [.. Contents(rendered), new() { Value = leaseId }, new() { Value = lease }], cancellationToken);

    public Task<IReadOnlySet<Guid>> StoreAsync(
        Guid leaseId, IReadOnlyList<RenderedCallback> rendered, CancellationToken cancellationToken) =>
        IdsAsync(CallbackTable.Store, [.. Contents(rendered), new() { Value = leaseId }], cancellationToken);

    public async Task<IReadOnlyList<Guid>> ReadDueApplicationsAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(CallbackTable.DueApplications);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await Rows.ReadAllAsync(reader, r => r.GetGuid(0), cancellationToken);
    }

    public async Task<IReadOnlyList<Callback>> ClaimDueAsync(
        Guid leaseId, TimeSpan lease, IReadOnlyCollection<Guid> applicationIds, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(CallbackTable.ClaimDue);
        command.Parameters.Add(new() { Value = leaseId });
        command.Parameters.Add(new() { Value = lease });
        command.Parameters.Add(Parameters.From(applicationIds));
        command.Parameters.Add(new() { Value = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await Rows.ReadAllAsync(reader, CallbackTable.Read, cancellationToken);
    }

    public Task<IReadOnlySet<Guid>> RecordAsync(IReadOnlyList<CallbackReport> reports, CancellationToken cancellationToken) => IdsAsync(
        CallbackTable.Record,
        [
            Parameters.From(reports, r => r.CallbackId, NpgsqlDbType.Uuid),
            Parameters.From(reports, r => r.LeaseId, NpgsqlDbType.Uuid),
            Parameters.From(reports, r => EnumText<CallbackStatus>.Upper(r.Decision.Status), NpgsqlDbType.Text),
            Parameters.From(reports, r => r.Decision.Reason, NpgsqlDbType.Text),
            Parameters.From(reports, r => r.Decision.Delay, NpgsqlDbType.Interval),
            Parameters.From(reports, r => r.Attempt is null ? 0 : 1, NpgsqlDbType.Integer),
            Parameters.From(reports, r => r.Attempt?.Duration, NpgsqlDbType.Interval),
            Parameters.From(reports, r => r.Attempt?.HttpStatus, NpgsqlDbType.Integer),
            Parameters.From(reports, r => r.Attempt?.Error, NpgsqlDbType.Text),
            Parameters.From(reports, r => r.Attempt?.Answer, NpgsqlDbType.Bytea),
        ],
        cancellationToken);

    public async Task<IReadOnlyList<CallbackHistory>?> ReadAsync(OwnOtp otp, CancellationToken cancellationToken)
    {
        await using var session = await PostgresSession.OpenAsync(dataSource, cancellationToken);
        await using var batch = session.NewBatch();
        batch.Add(
            "SELECT o.id FROM otps o WHERE o.id = $1 AND o.application_id = $2 AND o.is_test = $3",
            new() { Value = otp.Id }, new() { Value = otp.ApplicationId }, new() { Value = otp.IsTest });
        batch.Add(
            $"SELECT {CallbackTable.Columns} FROM callbacks c WHERE c.otp_id = $1 ORDER BY c.sequence",
            new NpgsqlParameter { Value = otp.Id });
        batch.Add(
            $"SELECT {CallbackTable.AttemptColumns} FROM callback_attempts a JOIN callbacks c ON c.id = a.callback_id WHERE c.otp_id = $1 ORDER BY a.callback_id, a.number",
            new NpgsqlParameter { Value = otp.Id });
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
        var page = CallbackFilterSql.Page(CallbackTable.Columns, filter, after);
        await using var session = await PostgresSession.OpenAsync(dataSource, cancellationToken);
        await using var batch = session.NewBatch();
        batch.Add(page, CallbackFilterSql.PageValues(filter, after, limit));
        batch.Add(
            $"SELECT {CallbackTable.AttemptColumns} FROM callback_attempts a WHERE a.callback_id IN (SELECT p.id FROM ({page}) p) ORDER BY a.callback_id, a.number",
            CallbackFilterSql.PageValues(filter, after, limit));
        return await session.ReadAsync(batch, reader => ReadHistoriesAsync(reader, cancellationToken), cancellationToken);
    }

    public async Task<bool> ReplayAsync(Guid callbackId, OwnOtp? otp, CancellationToken cancellationToken)
    {
        const string Own = "EXISTS (SELECT FROM otps o WHERE o.id = c.otp_id AND o.id = $2 AND o.application_id = $3 AND o.is_test = $4)";
        await using var command = dataSource.CreateCommand(
            $"UPDATE callbacks c SET {CallbackFilterSql.Replay} WHERE c.id = $1{(otp is null ? "" : $" AND {Own}")}");
        command.Parameters.Add(new() { Value = callbackId });
        if (otp is not null)
        {
            command.Parameters.Add(new() { Value = otp.Id });
            command.Parameters.Add(new() { Value = otp.ApplicationId });
            command.Parameters.Add(new() { Value = otp.IsTest });
        }

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

        // The last id in database order, which compares the bytes as printed.
        return new(ids.Count, ids.Count < limit ? null : ids.MaxBy(id => id.ToString(), StringComparer.Ordinal));
    }

    private static NpgsqlParameter[] Contents(IReadOnlyList<RenderedCallback> rendered) =>
        [Parameters.From(rendered, r => r.Id, NpgsqlDbType.Uuid), Parameters.From(rendered, r => r.Content, NpgsqlDbType.Bytea)];

    private async Task<IReadOnlyList<UnsentCallback>> UnsentAsync(
        string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await Rows.ReadAllAsync(reader, CallbackTable.ReadUnsent, cancellationToken);
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
        var callbacks = await Rows.ReadAllAsync(reader, CallbackTable.Read, cancellationToken);
        var attempts = (await Rows.ReadAllAsync(reader, CallbackTable.ReadAttempt, cancellationToken)).ToLookup(a => a.CallbackId);
        return callbacks.ConvertAll(c => new CallbackHistory(c, [.. attempts[c.Id]]));
    }
}
