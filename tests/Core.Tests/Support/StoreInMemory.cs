using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Otps.Sending;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Tests.Support;

/// <summary>A database without a database: everything is locked for whoever asks, and the clock stands still.</summary>
internal sealed class StoreInMemory : IOtpStore, IIntakeStore, IOtpSearch, IIntakeUnit, IOtpUnit, IStepStore, IOutbox
{
    private readonly RecipientHistory _history = Some.History();
    private Guid _sending;
    private readonly TaskCompletionSource _atTheGate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public DateTime Now { get; set; } = Some.Now;

    /// <summary>Of every share that is counted.</summary>
    public QueueShareUse Use { get; set; }

    public Dictionary<Guid, LockedOtp> Otps { get; } = [];

    public List<OtpChanges> Saved { get; } = [];

    public List<IntakeDecisions> Intakes { get; } = [];

    public List<OutboxMessage> Messages { get; } = [];

    /// <summary>Waited for at the begin of an intake.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Ends when an intake has come to the gate: who asks from then on waits for the next batch.</summary>
    public Task AtTheGate => _atTheGate.Task;

    /// <summary>OTPs whose work command still waits in the outbox.</summary>
    public HashSet<Guid> Unpublished { get; } = [];

    /// <summary>What OTPs owe.</summary>
    public Dictionary<Guid, PendingFeedback> Feedback { get; } = [];

    public LockedOtp Add(LockedOtp otp) => Otps[otp.Otp.Id] = otp;

    public async Task<IIntakeUnit> BeginIntakeAsync(CancellationToken cancellationToken)
    {
        _atTheGate.TrySetResult();
        await Gate;
        return this;
    }

    /// <summary>Runs before the next transaction begins.</summary>
    public Action BeforeTransaction { get; set; } = () => { };

    public Task<IOtpUnit> BeginAsync(CancellationToken cancellationToken)
    {
        BeforeTransaction();
        return Task.FromResult<IOtpUnit>(this);
    }

    public Task<IntakeFacts> ReadAsync(
        IReadOnlyList<NewOtp> requests, IReadOnlyList<QueueShare> shares,
        CancellationToken cancellationToken) => Task.FromResult(new IntakeFacts(
        Now,
        new Dictionary<Guid, FirstUse>(),
        requests.Select(o => (o.ApplicationId, Convert.ToHexString(o.RecipientHash))).Distinct().ToDictionary(k => k, _ => _history),
        new Dictionary<Guid, ApplicationSpending>()) { Shares = shares.ToDictionary(s => s, _ => Use) });

    public Task SaveAsync(IntakeDecisions decisions, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        Intakes.Add(decisions);
        Messages.AddRange(messages);
        return Task.CompletedTask;
    }

    public Task SaveAsync(OtpChanges changes, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        Saved.Add(changes);
        Messages.AddRange(messages);
        foreach (var owed in changes.PendingFeedback.Values)
        {
            Feedback[owed.OtpId] = owed;
        }

        changes.EndedFeedback.ToList().ForEach(id => Feedback.Remove(id));
        return Task.CompletedTask;
    }

    public Task<LockedOtps> LockAsync(IReadOnlyCollection<Guid> otpIds, bool submissions, CancellationToken cancellationToken) =>
        Task.FromResult(
            new LockedOtps(Now, otpIds.Where(Otps.ContainsKey).ToDictionary(i => i, i => Otps[i])) { Unpublished = Unpublished });

    public Task<LockedOtps> LockForVerificationAsync(
        IReadOnlyCollection<Guid> otpIds, bool submissions,
        CancellationToken cancellationToken) => LockAsync(otpIds, submissions, cancellationToken);

    /// <summary>Receipts that came before the ids of their messages.</summary>
    public List<KeptReceipt> Kept { get; } = [];

    public async Task<LockedOtps> LockForOutcomesAsync(
        IReadOnlyCollection<Guid> otpIds, IReadOnlyCollection<ProviderMessage> messages, CancellationToken cancellationToken) =>
        await LockAsync(otpIds, submissions: false, cancellationToken) with
        {
            KeptReceipts = [.. Kept.Where(r => messages.Contains(new(r.Provider, r.ProviderMessageId)))],
        };

    public Task<LockedOtps> LockForSendingAsync(Guid otpId, bool submissions, CancellationToken cancellationToken)
    {
        _sending = otpId;
        return LockAsync([otpId], submissions, cancellationToken);
    }

    /// <summary>The history of the OTP that is sent, under every key.</summary>
    public Task<SendHistories> LockHistoriesAsync(
        IReadOnlyCollection<(Guid ApplicationId, byte[] Hash)> keys, CancellationToken cancellationToken)
    {
        var history = Otps.TryGetValue(_sending, out var otp) && otp.History is { } own ? own : _history;
        return Task.FromResult(new SendHistories(key => keys.Any(
            k => (k.ApplicationId, Convert.ToHexString(k.Hash)) == key) ? history : throw new KeyNotFoundException("It was not locked.")));
    }

    /// <summary>OTPs whose next step is due.</summary>
    public HashSet<Guid> DueSteps { get; } = [];

    public async Task<LockedOtps> LockDueStepsAsync(IReadOnlyCollection<Guid> otpIds, CancellationToken cancellationToken)
    {
        _sending = otpIds.First();
        return await LockAsync(otpIds, submissions: false, cancellationToken) with { DueSteps = DueSteps.ToDictionary(i => i, _ => 2) };
    }

    public Task<IReadOnlyList<DueStep>> FindDueAsync(int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DueStep>>([.. DueSteps.Select(i => new DueStep(i, Otps[i].Otp.ApplicationId))]);

    public ApplicationSpending Spending { get; } = new() { ApplicationId = Some.Application().Id, Day = DateOnly.FromDateTime(Some.Now) };

    public Task<ApplicationSpending> LockSpendingAsync(Guid applicationId, CancellationToken cancellationToken) =>
        Task.FromResult(Spending);

    public Task<LockedOtps> LockExpiredAsync(int limit, CancellationToken cancellationToken) =>
        LockAsync(Otps.Keys, submissions: true, cancellationToken);

    public Task<LockedOtps> LockEndedLeasesAsync(int limit, CancellationToken cancellationToken) =>
        LockAsync(Otps.Keys, submissions: true, cancellationToken);

    public Task<LockedOtps> LockLostDeliveriesAsync(
        IReadOnlyDictionary<Channel, TimeSpan> lags, int limit,
        CancellationToken cancellationToken) => LockAsync(Otps.Keys, submissions: true, cancellationToken);

    public Task<OtpReading?> FindAsync(Guid applicationId, Guid otpId, CancellationToken cancellationToken) =>
        Task.FromResult(Otps.TryGetValue(otpId, out var otp) ? new OtpReading(otp.Otp, otp.Deliveries, Now) : null);

    public async Task<OtpReading?> FindWithFeedbackAsync(Guid applicationId, Guid otpId, CancellationToken cancellationToken) =>
        await FindAsync(applicationId, otpId, cancellationToken) is { } reading
            ? reading with { Feedback = Feedback.GetValueOrDefault(otpId) }
            : null;

    public Task<LockedOtps> LockLostFeedbackAsync(int limit, CancellationToken cancellationToken) =>
        LockWithFeedbackAsync(Otps.Keys, cancellationToken);

    public async Task<LockedOtps> LockWithFeedbackAsync(IReadOnlyCollection<Guid> otpIds, CancellationToken cancellationToken) =>
        await LockAsync(otpIds, submissions: false, cancellationToken) with { Feedback = Feedback.ToDictionary() };

    public Task<IReadOnlyList<Guid>> FindLiveAsync(byte[] lookupHash, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Guid>>([.. Otps.Keys]);

    public Task<IReadOnlyList<Guid>> FindLiveByPinAsync(byte[] pinHash, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Guid>>([.. Otps.Keys]);

    public Task<LastOtp?> FindLastAsync(byte[] lookupHash, CancellationToken cancellationToken) =>
        Task.FromResult(Otps.Values.Select(o => new LastOtp(o.Otp.Id, o.State.At(Now).Status, o.State.At(Now).Reason)).LastOrDefault());

    public Task<OtpPin?> FindLastPinAsync(IReadOnlyCollection<byte[]> lookupHashes, CancellationToken cancellationToken) =>
        Task.FromResult(Otps.Values.Select(o => o.Pin).LastOrDefault());

    public Task<OtpPage<OtpReading>> ListAsync(OtpFilter filter, OtpPlace? after, int limit, CancellationToken cancellationToken) =>
        Task.FromResult(new OtpPage<OtpReading>([.. Otps.Values.Select(o => new OtpReading(o.Otp, o.Deliveries, Now))], Next: null));

    public Task<int> PurgeAsync(PurgePeriods periods, int limit, CancellationToken cancellationToken) => Task.FromResult(0);

    public bool IsReady => true;

    public OutboxBatch NewBatch() => Some.Batch();

    public void Dispatch(OutboxBatch batch)
    {
    }

    public void Wake()
    {
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
