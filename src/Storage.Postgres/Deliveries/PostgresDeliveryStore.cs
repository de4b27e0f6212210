using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Core.Deliveries.Sending;
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
            WHERE o.id = ANY ($1) AND {Rows.Unindexed}o.status = 'PENDING' AND o.expires_at > clock_timestamp() + $5
            ORDER BY o.id FOR SHARE)
        UPDATE deliveries d
        SET status = 'SENDING', lease_id = w.lease_id, lease_until = clock_timestamp() + $4, updated_at = clock_timestamp()
        FROM unnest($1, $2, $3) AS w (otp_id, step, lease_id)
        JOIN open o ON o.id = w.otp_id
        JOIN LATERAL (SELECT * FROM otp_pins p WHERE p.otp_id = o.id ORDER BY p.version DESC LIMIT 1) p ON true
        WHERE d.otp_id = w.otp_id AND d.step = w.step AND {Rows.Unindexed}d.status = 'QUEUED' AND d.due_at <= clock_timestamp()
        RETURNING {DeliveryTable.Columns}, o.application_id, o.recipient_hash, o.country_iso, o.details, o.expires_at, {OtpPinTable.Columns}
        """;

    public async Task<IReadOnlyDictionary<Guid, ClaimedDelivery>> ClaimAsync(
        IReadOnlyList<ClaimRequest> requests, TimeSpan lease, TimeSpan margin, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(ClaimSql);
        command.Parameters.Add(Parameters.From(requests, r => r.OtpId, NpgsqlDbType.Uuid));
        command.Parameters.Add(Parameters.From(requests, r => r.Step, NpgsqlDbType.Integer));
        command.Parameters.Add(Parameters.From(requests, r => r.LeaseId, NpgsqlDbType.Uuid));
        command.Parameters.Add(new() { Value = lease });
        command.Parameters.Add(new() { Value = margin });
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
