using Microsoft.Extensions.Options;
using Npgsql;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Rules;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Storage.Postgres.Sessions;
using OtpPipeline.Storage.Postgres.Tables;

namespace OtpPipeline.Storage.Postgres.Otps;

/// <summary>Reads and purges OTPs on PostgreSQL.</summary>
internal sealed class PostgresOtpStore(
    NpgsqlDataSource dataSource, OtpMetrics metrics, IOptions<OtpOptions> options, IOptions<DeliveryOptions> shares)
    : IOtpStore, IIntakeStore
{
    public async Task<IIntakeUnit> BeginIntakeAsync(CancellationToken cancellationToken) =>
        new PostgresIntakeUnit(
            await PostgresSession.BeginAsync(
                dataSource, cancellationToken), metrics, options.Value.IdempotencyRetention, shares.Value.MaxPublishedPerApplication);

    public async Task<IOtpUnit> BeginAsync(CancellationToken cancellationToken) =>
        new PostgresOtpUnit(await PostgresSession.BeginAsync(dataSource, cancellationToken), metrics);

    public Task<OtpReading?> FindAsync(Guid applicationId, Guid otpId, CancellationToken cancellationToken) =>
        FindAsync(applicationId, otpId, feedback: false, cancellationToken);

    public Task<OtpReading?> FindWithFeedbackAsync(Guid applicationId, Guid otpId, CancellationToken cancellationToken) =>
        FindAsync(applicationId, otpId, feedback: true, cancellationToken);

    public async Task<int> PurgeAsync(PurgePeriods periods, int limit, CancellationToken cancellationToken)
    {
        await using var session = await PostgresSession.OpenAsync(dataSource, cancellationToken);
        await using var batch = session.NewBatch();

        // The only query that needs a missing index: the outbox has none for it, and may be long while the broker is unavailable.
        batch.Add("SELECT set_config('enable_seqscan', 'on', true), set_config('enable_hashjoin', 'on', true)");
        batch.Add(
            $"""
            WITH old AS MATERIALIZED (
                SELECT id FROM otps o
                WHERE o.id < (SELECT {FirstIdOf("clock_timestamp() - $1 - $3")})
                  AND final_at < (SELECT clock_timestamp()) - $1
                  AND NOT EXISTS (SELECT 1 FROM outbox_messages m WHERE m.correlation_id = o.id)
                  AND NOT EXISTS (SELECT 1 FROM callbacks c WHERE c.otp_id = o.id AND c.status = 'PENDING')
                ORDER BY o.id LIMIT $2 FOR UPDATE SKIP LOCKED),
            deliveries_gone AS (DELETE FROM deliveries d USING old WHERE d.otp_id = old.id),
            attempts_gone AS (DELETE FROM callback_attempts a USING old JOIN callbacks c ON c.otp_id = old.id WHERE a.callback_id = c.id),
            callbacks_gone AS (DELETE FROM callbacks c USING old WHERE c.otp_id = old.id),
            changes_gone AS (DELETE FROM otp_changes h USING old WHERE h.otp_id = old.id),
            feedback_gone AS (DELETE FROM pending_feedback f USING old WHERE f.otp_id = old.id),
            submissions_gone AS (DELETE FROM otp_submissions s USING old WHERE s.otp_id = old.id),
            pins_gone AS (DELETE FROM otp_pins p USING old WHERE p.otp_id = old.id)
            DELETE FROM otps o USING old WHERE o.id = old.id
            """,
            new() { Value = periods.FinalOtps },
            new() { Value = limit },
            new() { Value = TimeSpan.FromSeconds(OptionRules.MaxTtl) });
        batch.Add(Old("dead_letters", "id", "created_at"), new() { Value = periods.FinalOtps }, new() { Value = limit });
        batch.Add(Old("outbox_messages", "id", "parked_at"), new() { Value = periods.FinalOtps }, new() { Value = limit });
        batch.Add(Old("sandbox_messages", "id", "sent_at"), new() { Value = periods.SandboxMessages }, new() { Value = limit });
        batch.Add(Old("sandbox_callbacks", "id", "received_at"), new() { Value = periods.SandboxMessages }, new() { Value = limit });
        batch.Add(
            Old("kept_receipts", "provider, provider_message_id, status", "received_at"), new() { Value = KeptReceipt.Retention },
            new() { Value = limit });
        batch.Add(
            Old(
                "recipient_histories", "application_id, recipient_hash", "updated_at",
                "AND (cool_off_until IS NULL OR cool_off_until < clock_timestamp())"),
            new() { Value = periods.IdleRecipients }, new() { Value = limit });
        batch.Add(
            Old("idempotency_keys", "application_id, key_hash", "expires_at"), new() { Value = TimeSpan.Zero }, new() { Value = limit });
        batch.Add("DELETE FROM application_spendings WHERE day < (clock_timestamp() AT TIME ZONE 'UTC')::date - 30");
        return await session.ExecuteAsync(batch, cancellationToken);
    }

    private async Task<OtpReading?> FindAsync(Guid applicationId, Guid otpId, bool feedback, CancellationToken cancellationToken)
    {
        await using var session = await PostgresSession.OpenAsync(dataSource, cancellationToken);
        await using var batch = session.NewBatch();
        batch.Add(
            $"SELECT {OtpTable.Columns} FROM otps o WHERE o.id = $1 AND o.application_id = $2", new() { Value = otpId },
            new() { Value = applicationId });
        batch.Add(
            $"SELECT {DeliveryTable.Columns} FROM deliveries d WHERE d.otp_id = $1 ORDER BY d.step, d.attempt",
            new NpgsqlParameter { Value = otpId });
        batch.Add("SELECT clock_timestamp()");
        if (feedback)
        {
            batch.Add(PendingFeedbackTable.OfOtpsSql, Parameters.From([otpId]));
        }

        return await session.ReadAsync(batch, ReadAsync, cancellationToken);

        async Task<OtpReading?> ReadAsync(NpgsqlDataReader reader)
        {
            var otp = (await Rows.ReadAllAsync(reader, r => OtpTable.Read(r), cancellationToken)).SingleOrDefault();
            var deliveries = await Rows.ReadAllAsync(reader, DeliveryTable.Read, cancellationToken);
            var now = (await Rows.ReadAllAsync(reader, r => r.GetDateTime(0), cancellationToken)).Single();
            var owed = feedback ? await Rows.ReadAllAsync(reader, PendingFeedbackTable.Read, cancellationToken) : [];
            return otp is null ? null : new(otp, deliveries, now) { Feedback = owed.SingleOrDefault() };
        }
    }

    /// <summary>The lowest UUIDv7 of a moment: its first 48 bits are milliseconds since 1970.</summary>
    private static string FirstIdOf(string moment) =>
        $"rpad(lpad(to_hex((extract(epoch FROM {moment}) * 1000)::bigint), 12, '0'), 32, '0')::uuid";

    private static string Old(string table, string key, string column, string condition = "") =>
        $"""
        DELETE FROM {table} WHERE ({key}) IN (
            SELECT {key} FROM {table} WHERE {column} < (SELECT clock_timestamp()) - $1 {condition} ORDER BY {column} LIMIT $2 FOR UPDATE SKIP LOCKED)
        """;
}
