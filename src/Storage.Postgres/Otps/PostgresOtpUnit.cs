using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Outbox;
using OtpPipeline.Storage.Postgres.Outbox;
using OtpPipeline.Storage.Postgres.Sessions;
using OtpPipeline.Storage.Postgres.Statements;

namespace OtpPipeline.Storage.Postgres.Otps;

/// <summary>One transaction over locked OTPs: locking is one round trip, saving another, the commit the last.</summary>
internal sealed class PostgresOtpUnit(PostgresSession session, OtpMetrics metrics) : IOtpUnit
{
    // Whoever changes a delivery or checks a guess holds the OTP's row. What is read in a later statement of READ COMMITTED is
    // therefore as it stands under the lock, and so is the clock.
    private const string LockSql = $"SELECT {Rows.Otp} FROM otps o WHERE o.id = ANY ($1) ORDER BY o.id FOR UPDATE";
    private const string DeliveriesSql = $"SELECT {Rows.Delivery} FROM deliveries d WHERE d.otp_id = ANY ($1) ORDER BY d.step, d.attempt";
    private const string Published = DeliveryStatements.Published;
    private const string ClockSql = "SELECT clock_timestamp()";

    // Reads the whole outbox: it is long only while the broker takes nothing, and nobody looks here but once a second.
    private const string UnpublishedSql =
        "SELECT DISTINCT m.correlation_id FROM outbox_messages m WHERE m.correlation_id = ANY ($1) AND m.message_type = $2 AND m.parked_at IS NULL";

    public Task<LockedOtps> LockAsync(IReadOnlyCollection<Guid> otpIds, bool submissions, CancellationToken cancellationToken) =>
        LockAsync(otpIds, forVerification: false, submissions, cancellationToken);

    public Task<LockedOtps> LockForVerificationAsync(IReadOnlyCollection<Guid> otpIds, bool submissions, CancellationToken cancellationToken) =>
        LockAsync(otpIds, forVerification: true, submissions, cancellationToken);

    public async Task<ApplicationSpending> LockSpendingAsync(Guid applicationId, CancellationToken cancellationToken)
    {
        await using var batch = session.NewBatch();
        SpendingStatements.MakeAndLock(batch, [applicationId]);
        return await session.ReadAsync(
            batch, async reader => (await Rows.ReadAllAsync(reader, SpendingStatements.Read, cancellationToken)).Single(), cancellationToken);
    }

    public Task<LockedOtps> LockExpiredAsync(int limit, CancellationToken cancellationToken) =>
        LockDueAsync(
            $"""
            SELECT {Rows.Otp} FROM otps o
            WHERE o.status = 'PENDING' AND o.expires_at <= (SELECT clock_timestamp())
            ORDER BY o.expires_at LIMIT $1 FOR UPDATE SKIP LOCKED
            """,
            [new() { Value = limit }],
            cancellationToken);

    public Task<LockedOtps> LockEndedLeasesAsync(int limit, CancellationToken cancellationToken) =>
        LockDueAsync(
            $"""
            SELECT {Rows.Otp} FROM otps o
            WHERE o.id IN (
                SELECT d.otp_id FROM deliveries d
                WHERE d.status = 'SENDING' AND d.lease_until <= (SELECT clock_timestamp()) ORDER BY d.lease_until LIMIT $1)
            FOR UPDATE SKIP LOCKED
            """,
            [new() { Value = limit }],
            cancellationToken);

    public Task<LockedOtps> LockLostDeliveriesAsync(IReadOnlyDictionary<Channel, TimeSpan> lags, int limit, CancellationToken cancellationToken) =>
        LockDueAsync(
            $"""
            SELECT {Rows.Otp} FROM otps o
            WHERE o.id = ANY (ARRAY(
                SELECT due.otp_id FROM unnest($2, $3) AS c (channel, lag)
                CROSS JOIN LATERAL (
                    WITH RECURSIVE owners AS (
                        (SELECT d.application_id FROM deliveries d WHERE {Published} AND d.channel = c.channel ORDER BY d.application_id LIMIT 1)
                        UNION ALL
                        SELECT next.application_id FROM owners o CROSS JOIN LATERAL (
                            SELECT d.application_id FROM deliveries d WHERE {Published} AND d.channel = c.channel AND d.application_id > o.application_id
                            ORDER BY d.application_id LIMIT 1) next)
                    SELECT late.otp_id FROM owners o CROSS JOIN LATERAL (
                        SELECT d.otp_id, d.publish_due_at FROM deliveries d
                        WHERE {Published} AND d.channel = c.channel AND d.application_id = o.application_id
                          AND d.publish_due_at <= (SELECT clock_timestamp()) - c.lag
                        ORDER BY d.publish_due_at LIMIT $1) late
                    ORDER BY late.publish_due_at LIMIT $1) due))
              AND {Rows.Unindexed}o.status = 'PENDING' AND o.expires_at > (SELECT clock_timestamp())
            FOR UPDATE SKIP LOCKED
            """,
            [
                new() { Value = limit },
                Columns.From(lags, l => l.Key.Text(), NpgsqlDbType.Text),
                Columns.From(lags, l => l.Value, NpgsqlDbType.Interval),
            ],
            cancellationToken,
            withOutbox: true);

    public async Task SaveAsync(OtpChanges changes, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        if (changes.IsEmpty && messages.Count == 0)
        {
            return;
        }

        await using var batch = session.NewBatch();
        if (changes.Otps.Count > 0)
        {
            UpdateOtps(batch, changes.Otps);
        }

        if (changes.Finals.Count > 0)
        {
            batch.Add("DELETE FROM otp_pins WHERE otp_id = ANY ($1)", Columns.From(changes.Finals));
        }

        if (changes.UpdatedDeliveries.Count > 0)
        {
            DeliveryStatements.Update(batch, changes.UpdatedDeliveries);
        }

        if (changes.NewDeliveries.Count > 0)
        {
            DeliveryStatements.Insert(batch, changes.NewDeliveries);
        }

        if (changes.Changes.Count > 0)
        {
            ChangeStatements.Insert(batch, changes.Changes);
        }

        if (changes.Callbacks.Count > 0)
        {
            ChangeStatements.InsertCallbacks(batch, changes.Callbacks);
        }

        if (changes.Histories.Count > 0)
        {
            HistoryStatements.UpdateGuesses(batch, changes.Histories, changes.Now);
        }

        if (changes.CountedSends.Count > 0)
        {
            HistoryStatements.UpdateSends(batch, changes.CountedSends, changes.Now);
        }

        if (changes.Spendings.Count > 0)
        {
            SpendingStatements.Update(batch, changes.Spendings);
        }

        if (changes.Submissions.Count > 0)
        {
            InsertSubmissions(batch, changes.Submissions);
        }

        if (messages.Count > 0)
        {
            batch.BatchCommands.Add(PostgresOutbox.InsertCommand(messages));
        }

        await session.ExecuteAsync(batch, cancellationToken);
        await session.CommitAsync(cancellationToken);
        foreach (var ended in changes.Otps.Where(o => o.FinalAt == changes.Now))
        {
            metrics.Ended(ended);
        }
    }

    public ValueTask DisposeAsync() => session.DisposeAsync();

    private async Task<LockedOtps> LockAsync(IReadOnlyCollection<Guid> otpIds, bool forVerification, bool submissions, CancellationToken cancellationToken)
    {
        await using var batch = session.NewBatch();
        batch.Add(LockSql, Columns.From(otpIds));
        if (forVerification)
        {
            batch.Add($"SELECT {Rows.Pin} FROM otp_pins p WHERE p.otp_id = ANY ($1)", Columns.From(otpIds));
            HistoryStatements.LockOf(batch, otpIds);
        }

        if (submissions)
        {
            batch.Add("SELECT s.otp_id, s.hash, s.code FROM otp_submissions s WHERE s.otp_id = ANY ($1)", Columns.From(otpIds));
        }

        batch.Add(DeliveriesSql, Columns.From(otpIds));
        batch.Add(ClockSql);

        return await session.ReadAsync(
            batch,
            async reader =>
            {
                var otps = await Rows.ReadAllAsync(reader, r => Rows.ReadOtp(r), cancellationToken);
                var pins = forVerification ? await Rows.ReadAllAsync(reader, r => Rows.ReadPin(r), cancellationToken) : [];
                var histories = forVerification ? await Rows.ReadAllAsync(reader, r => (r.GetGuid(0), Rows.ReadHistory(r, 1)), cancellationToken) : [];
                var answered = submissions ? await Rows.ReadAllAsync(reader, Rows.ReadSubmission, cancellationToken) : [];
                return await AssembleAsync(reader, otps, pins, histories, answered, cancellationToken);
            },
            cancellationToken);
    }

    private async Task<LockedOtps> LockDueAsync(
        string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken, bool withOutbox = false)
    {
        await using var find = session.NewBatch();
        find.Add(sql, parameters);
        var otps = await session.ReadAsync(find, reader => Rows.ReadAllAsync(reader, r => Rows.ReadOtp(r), cancellationToken), cancellationToken);
        await using var batch = session.NewBatch();
        batch.Add(DeliveriesSql, Columns.From(otps.Select(o => o.Id)));
        batch.Add(ClockSql);
        if (withOutbox)
        {
            batch.Add(UnpublishedSql, Columns.From(otps.Select(o => o.Id)), new() { Value = DeliveryRecovery.WorkCommand });
        }

        return await session.ReadAsync(
            batch,
            async reader =>
            {
                var locked = await AssembleAsync(reader, otps, [], [], [], cancellationToken);
                var unpublished = withOutbox ? await Rows.ReadAllAsync(reader, r => r.GetGuid(0), cancellationToken) : [];
                return locked with { Unpublished = unpublished.ToHashSet() };
            },
            cancellationToken);
    }

    private static async Task<LockedOtps> AssembleAsync(
        NpgsqlDataReader reader, List<Otp> otps, List<OtpPin> pins, List<(Guid OtpId, RecipientHistory Row)> histories, List<OtpSubmission> submissions, CancellationToken cancellationToken)
    {
        var deliveries = (await Rows.ReadAllAsync(reader, Rows.ReadDelivery, cancellationToken)).ToLookup(d => d.OtpId);
        var now = (await Rows.ReadAllAsync(reader, r => r.GetDateTime(0), cancellationToken)).Single();
        var pinOf = pins.GroupBy(p => p.OtpId).ToDictionary(g => g.Key, g => g.MaxBy(p => p.Version));
        var submissionsOf = submissions.ToLookup(s => s.OtpId);
        var rows = histories.Select(h => h.Row).DistinctBy(KeyOf).ToDictionary(KeyOf);
        var historyOf = histories.ToDictionary(h => h.OtpId, h => rows[KeyOf(h.Row)]);
        return new(
            now,
            otps.ToDictionary(o => o.Id, o => new LockedOtp(
                o,
                pinOf.GetValueOrDefault(o.Id),
                [.. deliveries[o.Id]],
                historyOf.GetValueOrDefault(o.Id))
            {
                Submissions = [.. submissionsOf[o.Id]],
            }));
    }

    private static (Guid ApplicationId, string Hash) KeyOf(RecipientHistory history) => (history.ApplicationId, Convert.ToHexString(history.RecipientHash));

    private static void InsertSubmissions(NpgsqlBatch batch, IReadOnlyCollection<OtpSubmission> submissions) => batch.Add(
        "INSERT INTO otp_submissions (otp_id, hash, code) SELECT * FROM unnest($1, $2, $3)",
        Columns.From(submissions, s => s.OtpId, NpgsqlDbType.Uuid),
        Columns.From(submissions, s => s.Hash, NpgsqlDbType.Bytea),
        Columns.From(submissions, s => s.Code, NpgsqlDbType.Integer));

    private static void UpdateOtps(NpgsqlBatch batch, IReadOnlyCollection<Otp> otps) => batch.Add(
        """
        UPDATE otps o
        SET status = u.status, reason = u.reason, sequence = u.sequence, attempts = u.attempts, verified_by = u.verified_by, final_at = u.final_at,
            delivery_sequence = u.delivery_sequence
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) AS u (id, status, reason, sequence, attempts, verified_by, final_at, delivery_sequence)
        WHERE o.id = u.id
        """,
        Columns.From(otps, o => o.Id, NpgsqlDbType.Uuid),
        Columns.From(otps, o => EnumText<OtpStatus>.Upper(o.Status), NpgsqlDbType.Text),
        Columns.From(otps, o => o.Reason is { } reason ? EnumText<OtpReason>.Lower(reason) : null, NpgsqlDbType.Text),
        Columns.From(otps, o => o.Sequence, NpgsqlDbType.Bigint),
        Columns.From(otps, o => o.Attempts, NpgsqlDbType.Integer),
        Columns.From(otps, o => o.VerifiedBy, NpgsqlDbType.Bytea),
        Columns.From(otps, o => o.FinalAt, NpgsqlDbType.TimestampTz),
        Columns.From(otps, o => o.DeliverySequence, NpgsqlDbType.Bigint));
}
