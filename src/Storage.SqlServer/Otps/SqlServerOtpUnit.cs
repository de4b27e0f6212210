using System.Data.Common;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Outbox;
using OtpPipeline.Storage.SqlServer.Outbox;
using OtpPipeline.Storage.SqlServer.Sessions;
using OtpPipeline.Storage.SqlServer.Tables;

namespace OtpPipeline.Storage.SqlServer.Otps;

/// <summary>One transaction over locked OTPs: one round trip to begin, one to lock, one to save and commit.</summary>
internal sealed class SqlServerOtpUnit(SqlServerSession session, OtpMetrics metrics) : IOtpUnit
{
    // Every delivery change and every guess check holds the OTP's row lock. A later statement therefore reads state and clock as they
    // stand under the lock.
    private static readonly string LockSql =
        $"SELECT {OtpTable.Columns} FROM {RowSet.IdsOf("ids")} k JOIN otps o {Hints.Lock} ON o.id = k.id {Hints.ByKey}";

    // Reads the whole outbox, which is long only while the broker accepts nothing; this query runs only once a second. A body of another
    // type may be encrypted, and is no JSON then. Only a work command names further OTPs.
    private const string UnpublishedSql =
        """
        SELECT m.correlation_id FROM @held f JOIN outbox_messages m ON m.correlation_id = f.id
        WHERE m.message_type = @command AND m.parked_at IS NULL
        """;

    private const string UnpublishedWorkSql =
        $"""
        {UnpublishedSql}
        UNION
        SELECT f.id FROM outbox_messages m
        CROSS APPLY OPENJSON(CASE WHEN m.message_type = @command THEN m.body END, '$.further')
            WITH (otp_id uniqueidentifier '$.otpId') o
        JOIN @held f ON f.id = o.otp_id
        WHERE m.message_type = @command AND m.parked_at IS NULL
        """;

    private const string DueStepsSql =
        "SELECT s.otp_id, s.step FROM @held f JOIN pending_steps s WITH (FORCESEEK) ON s.otp_id = f.id WHERE s.due_at <= @now";

    private const string FeedbackSql =
        $"SELECT {PendingFeedbackTable.Columns} FROM @held k JOIN pending_feedback f WITH (FORCESEEK) ON f.otp_id = k.id";

    private const string ClockSql = $"{SqlServerBatch.ReadClock} SELECT @now;";

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
        var batch = new SqlServerBatch();
        RecipientHistoryTable.MakeEmptyAndLock(batch, [.. keys.DistinctBy(k => (k.ApplicationId, Convert.ToHexString(k.Hash)))]);
        return SendHistories.From(await Races.RetryAsync(() => session.ReadAsync(
            batch, reader => Rows.ReadAllAsync(reader, RecipientHistoryTable.Read, cancellationToken), cancellationToken)));
    }

    /// <remarks>The due steps are read after the lock: another worker may have started one between the search and the lock.</remarks>
    public Task<LockedOtps> LockDueStepsAsync(IReadOnlyCollection<Guid> otpIds, CancellationToken cancellationToken)
    {
        var batch = new SqlServerBatch(OtpStatements.LockPendingSql, RowSet.Ids("ids", otpIds));
        batch.Add(DueStepsSql);
        return ReadDueAsync(
            batch,
            async (reader, locked) =>
            {
                var due = await Rows.ReadAllAsync(reader, r => (OtpId: r.GetGuid(0), Step: r.GetInt32(1)), cancellationToken);
                return locked with { DueSteps = due.ToDictionary(d => d.OtpId, d => d.Step) };
            },
            cancellationToken);
    }

    public Task<ApplicationSpending> LockSpendingAsync(Guid applicationId, CancellationToken cancellationToken)
    {
        var batch = new SqlServerBatch();
        ApplicationSpendingTable.MakeAndLock(batch, [applicationId]);
        return session.ReadAsync(
            batch, reader => Rows.ReadOneAsync(reader, ApplicationSpendingTable.Read, cancellationToken), cancellationToken);
    }

    public Task<LockedOtps> LockExpiredAsync(int limit, CancellationToken cancellationToken) =>
        ReadDueAsync(new(OtpStatements.LockExpiredSql, Values.Number("limit", limit)), null, cancellationToken);

    public Task<LockedOtps> LockEndedLeasesAsync(int limit, CancellationToken cancellationToken) =>
        ReadDueAsync(new(OtpStatements.LockEndedLeasesSql, Values.Number("limit", limit)), null, cancellationToken);

    public Task<LockedOtps> LockLostDeliveriesAsync(
        IReadOnlyDictionary<Channel, TimeSpan> lags, int limit, CancellationToken cancellationToken)
    {
        var batch = new SqlServerBatch(OtpStatements.LockLostSql, Values.Number("limit", limit), OtpStatements.Lags.Of(lags));
        batch.Add(UnpublishedWorkSql, Values.Text("command", 100, DeliveryRecovery.WorkCommand));
        return ReadDueAsync(
            batch,
            async (reader, locked) =>
            {
                var unpublished = await Rows.ReadAllAsync(reader, r => r.GetGuid(0), cancellationToken);
                return locked with { Unpublished = unpublished.ToHashSet() };
            },
            cancellationToken);
    }

    public Task<LockedOtps> LockLostFeedbackAsync(int limit, CancellationToken cancellationToken)
    {
        var batch = new SqlServerBatch(OtpStatements.LockLostFeedbackSql, Values.Number("limit", limit));
        batch.Add(FeedbackSql);
        batch.Add(UnpublishedSql, Values.Text("command", 100, DeliveryFeedback.Command));
        return ReadDueAsync(
            batch,
            async (reader, locked) => locked with
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

        var batch = new SqlServerBatch();
        OtpStatements.Save(batch, changes);
        if (messages.Count > 0)
        {
            OutboxTable.Insert(batch, messages);
        }

        await session.SaveAsync(batch, cancellationToken);
        foreach (var ended in changes.Otps.Where(o => o.FinalAt == changes.Now))
        {
            metrics.Ended(ended);
        }
    }

    public ValueTask DisposeAsync() => session.DisposeAsync();

    private Task<LockedOtps> LockAsync(
        IReadOnlyCollection<Guid> otpIds, bool pins, bool histories, bool submissions, IReadOnlyCollection<ProviderMessage> messages,
        CancellationToken cancellationToken, bool feedback = false)
    {
        var ids = RowSet.Ids("ids", otpIds);
        var batch = new SqlServerBatch(LockSql, ids);
        if (pins)
        {
            OtpPinTable.AddOf(batch, ids);
        }

        if (histories)
        {
            RecipientHistoryTable.LockOf(batch, ids);
        }

        if (submissions)
        {
            OtpSubmissionTable.AddOf(batch, ids);
        }

        if (messages.Count > 0)
        {
            KeptReceiptTable.LockAndRead(batch, messages);
        }

        DeliveryTable.AddOf(batch, ids);
        batch.Add(ClockSql);
        if (feedback)
        {
            PendingFeedbackTable.AddOf(batch, ids);
        }

        return session.ReadAsync(
            batch,
            async reader =>
            {
                var otps = await Rows.ReadAllAsync(reader, OtpTable.Read, cancellationToken);
                var versions = pins ? await Rows.ReadAllAsync(reader, OtpPinTable.Read, cancellationToken) : [];
                var counted = histories
                    ? await Rows.ReadAllAsync(reader, r => (r.GetGuid(0), RecipientHistoryTable.Read(r, 1)), cancellationToken)
                    : [];
                var answered = submissions ? await Rows.ReadAllAsync(reader, OtpSubmissionTable.Read, cancellationToken) : [];
                var kept = messages.Count > 0 ? await Rows.ReadAllAsync(reader, KeptReceiptTable.Read, cancellationToken) : [];
                var locked = await AssembleAsync(reader, otps, versions, counted, answered, cancellationToken) with { KeptReceipts = kept };
                return feedback ? locked with { Feedback = await PendingFeedbackTable.ReadAsync(reader, cancellationToken) } : locked;
            },
            cancellationToken);
    }

    private Task<LockedOtps> ReadDueAsync(
        SqlServerBatch batch, Func<DbDataReader, LockedOtps, Task<LockedOtps>>? more, CancellationToken cancellationToken) =>
        session.ReadAsync(
            batch,
            async reader =>
            {
                var otps = await Rows.ReadAllAsync(reader, OtpTable.Read, cancellationToken);
                var locked = await AssembleAsync(reader, otps, [], [], [], cancellationToken);
                return more is null ? locked : await more(reader, locked);
            },
            cancellationToken);

    private static async Task<LockedOtps> AssembleAsync(
        DbDataReader reader, List<Otp> otps, List<OtpPin> pins, List<(Guid OtpId, RecipientHistory Row)> histories,
        List<OtpSubmission> submissions, CancellationToken cancellationToken)
    {
        var deliveries = await Rows.ReadAllAsync(reader, DeliveryTable.Read, cancellationToken);
        var now = await Rows.ReadOneAsync(reader, r => r.Time(0), cancellationToken);
        return LockedOtps.From(now, otps, pins, deliveries, histories, submissions);
    }
}
