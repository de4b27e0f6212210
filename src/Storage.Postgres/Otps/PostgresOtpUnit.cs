using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Outbox;
using OtpPipeline.Storage.Postgres.Outbox;
using OtpPipeline.Storage.Postgres.Sessions;
using OtpPipeline.Storage.Postgres.Tables;

namespace OtpPipeline.Storage.Postgres.Otps;

/// <summary>One transaction over locked OTPs: one round trip to lock, one to save, one to commit.</summary>
internal sealed class PostgresOtpUnit(PostgresSession session, OtpMetrics metrics) : IOtpUnit
{
    // Every delivery change and every guess check holds the OTP's row lock. A later READ COMMITTED statement therefore reads state and
    // clock as they stand under the lock.
    private const string LockSql = $"SELECT {OtpTable.Columns} FROM otps o WHERE o.id = ANY ($1) ORDER BY o.id FOR UPDATE";
    private const string DeliveriesSql =
        $"SELECT {DeliveryTable.Columns} FROM deliveries d WHERE d.otp_id = ANY ($1) ORDER BY d.step, d.attempt";
    private const string ClockSql = "SELECT clock_timestamp()";

    public Task<LockedOtps> LockAsync(IReadOnlyCollection<Guid> otpIds, bool submissions, CancellationToken cancellationToken) =>
        LockAsync(otpIds, pins: false, histories: false, submissions, [], cancellationToken);

    public Task<LockedOtps> LockForVerificationAsync(
        IReadOnlyCollection<Guid> otpIds, bool submissions, CancellationToken cancellationToken) =>
        LockAsync(otpIds, pins: true, histories: true, submissions, [], cancellationToken);

    public Task<LockedOtps> LockForOutcomesAsync(
        IReadOnlyCollection<Guid> otpIds, IReadOnlyCollection<ProviderMessage> messages, CancellationToken cancellationToken) =>
        LockAsync(otpIds, pins: false, histories: false, submissions: false, messages, cancellationToken);

    public Task<LockedOtps> LockForSendingAsync(Guid otpId, bool submissions, CancellationToken cancellationToken) =>
        LockAsync([otpId], pins: true, histories: false, submissions, [], cancellationToken);

    public async Task<SendHistories> LockHistoriesAsync(
        IReadOnlyCollection<(Guid ApplicationId, byte[] Hash)> keys, CancellationToken cancellationToken)
    {
        await using var batch = session.NewBatch();
        RecipientHistoryTable.MakeEmptyAndLock(batch, [.. keys.DistinctBy(k => (k.ApplicationId, Convert.ToHexString(k.Hash)))]);
        return SendHistories.From(await session.ReadAsync(
            batch, reader => Rows.ReadAllAsync(reader, RecipientHistoryTable.Read, cancellationToken), cancellationToken));
    }

    /// <remarks>The due steps are read after the lock: another worker may have started one between the search and the lock.</remarks>
    public async Task<LockedOtps> LockDueStepsAsync(IReadOnlyCollection<Guid> otpIds, CancellationToken cancellationToken)
    {
        var locked = await LockDueAsync(
            $"""
            SELECT {OtpTable.Columns} FROM otps o
            WHERE o.id = ANY ($1) AND o.status = 'PENDING' AND o.expires_at > (SELECT clock_timestamp())
            FOR UPDATE SKIP LOCKED
            """,
            [Parameters.From(otpIds)],
            cancellationToken);
        await using var batch = session.NewBatch();
        batch.Add(PendingStepTable.OfOtpsSql, Parameters.From(locked.Otps.Keys));
        var due = await session.ReadAsync(
            batch, reader => Rows.ReadAllAsync(reader, r => (OtpId: r.GetGuid(0), Step: r.GetInt32(1)), cancellationToken), cancellationToken);
        return locked with { DueSteps = due.ToDictionary(d => d.OtpId, d => d.Step) };
    }

    public async Task<ApplicationSpending> LockSpendingAsync(Guid applicationId, CancellationToken cancellationToken)
    {
        await using var batch = session.NewBatch();
        ApplicationSpendingTable.MakeAndLock(batch, [applicationId]);
        return (await session.ReadAsync(
            batch, reader => Rows.ReadAllAsync(reader, ApplicationSpendingTable.Read, cancellationToken), cancellationToken)).Single();
    }

    public Task<LockedOtps> LockExpiredAsync(int limit, CancellationToken cancellationToken) =>
        LockDueAsync(
            $"""
            SELECT {OtpTable.Columns} FROM otp_pins p JOIN otps o ON o.id = p.otp_id
            WHERE p.valid_until <= (SELECT clock_timestamp()) AND o.status = 'PENDING' AND o.expires_at <= (SELECT clock_timestamp())
              AND NOT EXISTS (SELECT 1 FROM otp_pins newer WHERE newer.otp_id = p.otp_id AND newer.version > p.version)
            ORDER BY p.valid_until LIMIT $1 FOR UPDATE OF o SKIP LOCKED
            """,
            [new() { Value = limit }],
            cancellationToken);

    public Task<LockedOtps> LockEndedLeasesAsync(int limit, CancellationToken cancellationToken) =>
        LockDueAsync(
            $"""
            SELECT {OtpTable.Columns} FROM otps o
            WHERE o.id IN (
                SELECT d.otp_id FROM deliveries d
                WHERE d.status = 'SENDING' AND d.lease_until <= (SELECT clock_timestamp()) ORDER BY d.lease_until LIMIT $1)
            FOR UPDATE SKIP LOCKED
            """,
            [new() { Value = limit }],
            cancellationToken);

    public Task<LockedOtps> LockLostDeliveriesAsync(
        IReadOnlyDictionary<Channel, TimeSpan> lags, int limit, CancellationToken cancellationToken) =>
        LockDueAsync(
            OtpStatements.LockLostSql,
            [
                new() { Value = limit },
                Parameters.From(lags, l => l.Key.Text(), NpgsqlDbType.Text),
                Parameters.From(lags, l => l.Value, NpgsqlDbType.Interval),
            ],
            cancellationToken,
            withOutbox: true);

    public async Task<LockedOtps> LockLostFeedbackAsync(int limit, CancellationToken cancellationToken)
    {
        var locked = await LockDueAsync(PendingFeedbackTable.LockLostSql, [new() { Value = limit }], cancellationToken);
        if (locked.Otps.Count == 0)
        {
            return locked;
        }

        await using var batch = session.NewBatch();
        batch.Add(PendingFeedbackTable.OfOtpsSql, Parameters.From(locked.Otps.Keys));
        batch.Add(OtpStatements.UnpublishedSql, Parameters.From(locked.Otps.Keys), new() { Value = DeliveryFeedback.Command });
        return await session.ReadAsync(
            batch,
            async reader => locked with
            {
                Feedback = await PendingFeedbackTable.ReadAsync(reader, cancellationToken),
                Unpublished = (await Rows.ReadAllAsync(reader, r => r.GetGuid(0), cancellationToken)).ToHashSet(),
            },
            cancellationToken);
    }

    public Task<LockedOtps> LockWithFeedbackAsync(IReadOnlyCollection<Guid> otpIds, CancellationToken cancellationToken) =>
        LockAsync(otpIds, pins: false, histories: false, submissions: false, [], cancellationToken, feedback: true);

    public async Task SaveAsync(OtpChanges changes, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        if (changes.IsEmpty && messages.Count == 0)
        {
            return;
        }

        await using var batch = session.NewBatch();
        OtpStatements.Save(batch, changes);
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

    private async Task<LockedOtps> LockAsync(
        IReadOnlyCollection<Guid> otpIds, bool pins, bool histories, bool submissions, IReadOnlyCollection<ProviderMessage> messages,
        CancellationToken cancellationToken, bool feedback = false)
    {
        await using var batch = session.NewBatch();
        batch.Add(LockSql, Parameters.From(otpIds));
        if (pins)
        {
            batch.Add($"SELECT {OtpPinTable.Columns} FROM otp_pins p WHERE p.otp_id = ANY ($1)", Parameters.From(otpIds));
        }

        if (histories)
        {
            RecipientHistoryTable.LockOf(batch, otpIds);
        }

        if (submissions)
        {
            batch.Add($"SELECT {OtpSubmissionTable.Columns} FROM otp_submissions s WHERE s.otp_id = ANY ($1)", Parameters.From(otpIds));
        }

        if (messages.Count > 0)
        {
            KeptReceiptTable.LockAndRead(batch, messages);
        }

        batch.Add(DeliveriesSql, Parameters.From(otpIds));
        batch.Add(ClockSql);
        if (feedback)
        {
            batch.Add(PendingFeedbackTable.OfOtpsSql, Parameters.From(otpIds));
        }

        return await session.ReadAsync(
            batch,
            async reader =>
            {
                var otps = await Rows.ReadAllAsync(reader, r => OtpTable.Read(r), cancellationToken);
                var versions = pins ? await Rows.ReadAllAsync(reader, r => OtpPinTable.Read(r), cancellationToken) : [];
                var counted = histories
                    ? await Rows.ReadAllAsync(reader, r => (r.GetGuid(0), RecipientHistoryTable.Read(r, 1)), cancellationToken)
                    : [];
                var answered = submissions ? await Rows.ReadAllAsync(reader, OtpSubmissionTable.Read, cancellationToken) : [];
                var kept = messages.Count > 0 ? await KeptReceiptTable.ReadLockedAsync(reader, cancellationToken) : [];
                var locked = await AssembleAsync(reader, otps, versions, counted, answered, cancellationToken) with { KeptReceipts = kept };
                return feedback ? locked with { Feedback = await PendingFeedbackTable.ReadAsync(reader, cancellationToken) } : locked;
            },
            cancellationToken);
    }

    private async Task<LockedOtps> LockDueAsync(
        string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken, bool withOutbox = false)
    {
        await using var find = session.NewBatch();
        find.Add(sql, parameters);
        var otps = await session.ReadAsync(
            find, reader => Rows.ReadAllAsync(reader, r => OtpTable.Read(r), cancellationToken), cancellationToken);
        if (otps.Count == 0)
        {
            // The usual case of a search that runs every second; without an OTP nobody needs the clock.
            return new(default, new Dictionary<Guid, LockedOtp>());
        }

        await using var batch = session.NewBatch();
        batch.Add(DeliveriesSql, Parameters.From(otps.Select(o => o.Id)));
        batch.Add(ClockSql);
        if (withOutbox)
        {
            batch.Add(
                OtpStatements.UnpublishedWorkSql, Parameters.From(otps.Select(o => o.Id)), new() { Value = DeliveryRecovery.WorkCommand });
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
        NpgsqlDataReader reader, List<Otp> otps, List<OtpPin> pins, List<(Guid OtpId, RecipientHistory Row)> histories,
        List<OtpSubmission> submissions, CancellationToken cancellationToken)
    {
        var deliveries = await Rows.ReadAllAsync(reader, DeliveryTable.Read, cancellationToken);
        var now = (await Rows.ReadAllAsync(reader, r => r.GetDateTime(0), cancellationToken)).Single();
        return LockedOtps.From(now, otps, pins, deliveries, histories, submissions);
    }
}
