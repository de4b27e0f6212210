using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Storage.Postgres.Sessions;
using OtpPipeline.Storage.Postgres.Tables;

namespace OtpPipeline.Storage.Postgres.Deliveries;

/// <summary>Claims deliveries on PostgreSQL with one statement that commits by itself.</summary>
internal sealed class PostgresDeliveryStore(NpgsqlDataSource dataSource) : IDeliveryStore, IReleaseStore
{
    // The share lock keeps the OTP from becoming final between its status check and the claim. No partial index can serve either status
    // comparison: see Rows.Unindexed.
    private const string ClaimSql =
        $"""
        WITH open AS MATERIALIZED (
            SELECT o.id, o.application_id, o.recipient_hash, o.country_iso, o.details, o.expires_at FROM otps o
            WHERE o.id = ANY ($1) AND o.status = 'PENDING' AND o.expires_at > clock_timestamp() + $5
            ORDER BY o.id FOR SHARE)
        UPDATE deliveries d
        SET status = 'SENDING', lease_id = w.lease_id, lease_until = clock_timestamp() + $4, updated_at = clock_timestamp(),
            provider = w.provider
        FROM unnest($1, $2, $6, $7, $8, $3, $9) AS w (otp_id, step, channel, route, tried, lease_id, provider)
        JOIN open o ON o.id = w.otp_id
        JOIN LATERAL (SELECT * FROM otp_pins p WHERE p.otp_id = o.id ORDER BY p.version DESC LIMIT 1) p ON true
        WHERE d.otp_id = w.otp_id AND d.step = w.step AND {Rows.Unindexed}d.status = 'QUEUED' AND d.due_at <= clock_timestamp()
          AND d.channel = w.channel AND d.route = w.route AND d.tried = w.tried
        RETURNING {DeliveryTable.Columns}, o.application_id, o.recipient_hash, o.country_iso, o.details, o.expires_at, {OtpPinTable.Columns}
        """;

    private const string PostponeSql =
        $"""
        WITH w AS MATERIALIZED (
            SELECT d.otp_id, d.id, w.delay, w.trace_parent FROM unnest($1, $2, $3, $4, $5, $6, $7)
                AS w (otp_id, step, delay, trace_parent, channel, route, tried)
            JOIN deliveries d ON d.otp_id = w.otp_id AND d.step = w.step
             AND d.channel = w.channel AND d.route = w.route AND d.tried = w.tried
            WHERE {Rows.Unindexed}d.status = 'QUEUED' AND d.waiting_since IS NULL AND d.due_at <= clock_timestamp()
            FOR UPDATE OF d SKIP LOCKED)
        UPDATE deliveries d
        SET due_at = CASE WHEN w.delay > interval '0' THEN clock_timestamp() + w.delay ELSE d.due_at END,
            waiting_since = clock_timestamp(), trace_parent = w.trace_parent
        FROM w WHERE d.otp_id = w.otp_id AND d.id = w.id
        """;

    private const string FindEndingSql =
        $"""
        SELECT d.otp_id, d.application_id, d.id, d.step, o.plan
        FROM unnest($1, $2, $3, $4, $5, $6) AS w (otp_id, step, delay, channel, route, tried)
        JOIN deliveries d ON d.otp_id = w.otp_id AND d.step = w.step
         AND d.channel = w.channel AND d.route = w.route AND d.tried = w.tried
        JOIN otps o ON o.id = d.otp_id
        WHERE {Rows.Unindexed}d.status = 'QUEUED' AND d.waiting_since IS NULL AND d.due_at <= clock_timestamp()
          AND o.status = 'PENDING' AND o.plan IS NOT NULL AND o.expires_at <= clock_timestamp() + w.delay
        """;

    public async Task PostponeAsync(IReadOnlyList<PostponeRequest> requests, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(PostponeSql);
        command.Parameters.Add(Parameters.From(requests, r => r.Hint.OtpId, NpgsqlDbType.Uuid));
        command.Parameters.Add(Parameters.From(requests, r => r.Hint.Step, NpgsqlDbType.Integer));
        command.Parameters.Add(Parameters.From(requests, r => r.Delay, NpgsqlDbType.Interval));
        command.Parameters.Add(Parameters.From(requests, r => r.TraceParent, NpgsqlDbType.Text));
        AddHints(command, requests, r => r.Hint);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<EndingDelivery>> FindEndingAsync(
        IReadOnlyList<PostponeRequest> requests, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(FindEndingSql);
        command.Parameters.Add(Parameters.From(requests, r => r.Hint.OtpId, NpgsqlDbType.Uuid));
        command.Parameters.Add(Parameters.From(requests, r => r.Hint.Step, NpgsqlDbType.Integer));
        command.Parameters.Add(Parameters.From(requests, r => r.Delay, NpgsqlDbType.Interval));
        AddHints(command, requests, r => r.Hint);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await Rows.ReadAllAsync(
            reader, r => new EndingDelivery(r.GetGuid(0), r.GetGuid(1), r.GetGuid(2), r.GetInt32(3), r.GetString(4)), cancellationToken);
    }

    public async Task<IReadOnlyDictionary<Guid, ClaimedDelivery>> ClaimAsync(
        IReadOnlyList<ClaimRequest> requests, TimeSpan lease, TimeSpan margin, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(ClaimSql);
        command.Parameters.Add(Parameters.From(requests, r => r.Hint.OtpId, NpgsqlDbType.Uuid));
        command.Parameters.Add(Parameters.From(requests, r => r.Hint.Step, NpgsqlDbType.Integer));
        command.Parameters.Add(Parameters.From(requests, r => r.LeaseId, NpgsqlDbType.Uuid));
        command.Parameters.Add(new() { Value = lease });
        command.Parameters.Add(new() { Value = margin });
        AddHints(command, requests, r => r.Hint);
        command.Parameters.Add(Parameters.From(requests, r => r.Provider, NpgsqlDbType.Text));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var claimed = await Rows.ReadAllAsync(reader, Read, cancellationToken);
        return claimed.ToDictionary(c => c.Delivery.LeaseId!.Value);
    }

    public async Task<IReadOnlyList<QueueShare>> FindWaitingAsync(QueueShare? after, int limit, CancellationToken cancellationToken)
    {
        await using var command = ReleaseStatements.FindWaiting(dataSource, after, limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await Rows.ReadAllAsync(reader, ReleaseStatements.ReadShare, cancellationToken);
    }

    public async Task<IReleaseUnit> BeginReleaseAsync(CancellationToken cancellationToken) =>
        new PostgresReleaseUnit(await PostgresSession.BeginAsync(dataSource, cancellationToken));

    private static void AddHints<T>(NpgsqlCommand command, IReadOnlyList<T> requests, Func<T, DeliveryHint> hint)
    {
        command.Parameters.Add(Parameters.From(requests, r => hint(r).Channel.Text(), NpgsqlDbType.Text));
        command.Parameters.Add(Parameters.From(requests, r => hint(r).Route, NpgsqlDbType.Text));
        command.Parameters.Add(Parameters.From(requests, r => hint(r).Tried, NpgsqlDbType.Text));
    }

    private static ClaimedDelivery Read(NpgsqlDataReader reader)
    {
        const int Next = DeliveryTable.Width;
        return new(
            DeliveryTable.Read(reader),
            reader.GetGuid(Next),
            reader.Bytes(Next + 1),
            reader.Text(Next + 2),
            reader.Bytes(Next + 3),
            OtpPinTable.Read(reader, Next + 5),
            reader.GetDateTime(Next + 4));
    }
}
