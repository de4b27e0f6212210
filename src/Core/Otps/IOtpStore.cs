using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Otps;

/// <summary>
/// The OTPs as a database keeps them: set-based, one round trip a step, whatever the number of OTPs. Each database has its own
/// implementation; what it decides is in the pure rules beside the use cases.
/// </summary>
public interface IOtpStore
{
    /// <summary>One transaction that takes new OTPs in.</summary>
    Task<IIntakeUnit> BeginIntakeAsync(CancellationToken cancellationToken);

    /// <summary>One transaction that changes OTPs.</summary>
    Task<IOtpUnit> BeginAsync(CancellationToken cancellationToken);

    /// <summary>An OTP of this application with its deliveries, and the moment of reading; null where the application has no such OTP.</summary>
    Task<OtpReading?> FindAsync(Guid applicationId, Guid otpId, CancellationToken cancellationToken);

    /// <summary>Deletes OTPs that were final at the retention's begin, and what else is out of date, in one bounded batch; the number of rows deleted.</summary>
    Task<int> PurgeAsync(PurgePeriods periods, int limit, CancellationToken cancellationToken);
}

/// <summary>An OTP as GET sees it.</summary>
/// <param name="Otp">The row.</param>
/// <param name="Deliveries">Oldest first.</param>
/// <param name="Now">The database's clock at the reading.</param>
public sealed record OtpReading(Otp Otp, IReadOnlyList<Delivery> Deliveries, DateTime Now);

/// <summary>How long rows are kept after they are of no more use.</summary>
public sealed record PurgePeriods(TimeSpan FinalOtps, TimeSpan SandboxMessages, TimeSpan IdleRecipients);

/// <summary>A transaction of the intake. Disposing without saving rolls back.</summary>
public interface IIntakeUnit : IAsyncDisposable
{
    /// <summary>Claims the idempotency keys, locks what the limits count and counts the use of shares; waits for a twin that is being committed.</summary>
    Task<IntakeFacts> ReadAsync(IReadOnlyList<NewOtp> orders, IReadOnlyList<QueueShare> shares, CancellationToken cancellationToken);

    /// <summary>Writes what was decided, together with the messages, and commits.</summary>
    Task SaveAsync(IntakeDecisions decisions, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken);
}

/// <summary>A transaction over locked OTPs. Disposing without saving rolls back.</summary>
public interface IOtpUnit : IAsyncDisposable
{
    /// <summary>
    /// Locks these OTPs in the order of their ids, waiting for others; ids that do not exist are left out. Answered submissions are
    /// read where asked for.
    /// </summary>
    Task<LockedOtps> LockAsync(IReadOnlyCollection<Guid> otpIds, bool submissions, CancellationToken cancellationToken);

    /// <summary>The same with what a guess is judged by: the PINs, and the recipients' histories, locked too.</summary>
    Task<LockedOtps> LockForVerificationAsync(IReadOnlyCollection<Guid> otpIds, bool submissions, CancellationToken cancellationToken);

    /// <summary>Locks what the application spent today; before any OTP, as everybody does who locks both.</summary>
    Task<ApplicationSpending> LockSpendingAsync(Guid applicationId, CancellationToken cancellationToken);

    /// <summary>Locks pending OTPs past their time, skipping those that somebody else holds.</summary>
    Task<LockedOtps> LockExpiredAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Locks OTPs with a delivery in SENDING whose lease has ended, skipping those that somebody else holds.</summary>
    Task<LockedOtps> LockEndedLeasesAsync(int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Locks pending OTPs with a published QUEUED delivery whose work command seems lost, skipping those that somebody else holds: of each channel
    /// at most <paramref name="limit"/> that were to be published again before <paramref name="lags"/>.
    /// </summary>
    Task<LockedOtps> LockLostDeliveriesAsync(IReadOnlyDictionary<Channel, TimeSpan> lags, int limit, CancellationToken cancellationToken);

    /// <summary>Writes what changed, together with the messages, and commits.</summary>
    Task SaveAsync(OtpChanges changes, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken);
}

/// <summary>OTPs under lock, and the database's clock read after the lock was had.</summary>
/// <param name="Now">The moment on which everything is decided.</param>
/// <param name="Otps">By id.</param>
public sealed record LockedOtps(DateTime Now, IReadOnlyDictionary<Guid, LockedOtp> Otps)
{
    /// <summary>Those with a work command that still waits in the outbox, where lost deliveries are looked for.</summary>
    public IReadOnlySet<Guid> Unpublished { get; init; } = new HashSet<Guid>();
}

/// <summary>An OTP under lock with all that belongs to it.</summary>
/// <param name="Otp">The row.</param>
/// <param name="Pin">Its PIN; null once wiped, and where nothing is verified.</param>
/// <param name="Deliveries">Oldest first.</param>
/// <param name="History">Its recipient's, locked too and shared by OTPs of the same recipient; null after a purge, and where nothing is verified.</param>
public sealed record LockedOtp(Otp Otp, OtpPin? Pin, List<Delivery> Deliveries, RecipientHistory? History)
{
    /// <summary>Submissions that were answered before, where they were asked for.</summary>
    public List<OtpSubmission> Submissions { get; init; } = [];

    /// <summary>Whether a submission that comes again is still recognised: no longer than any idempotency key after the OTP's end.</summary>
    public bool Remembers(DateTime now, TimeSpan retention) => Otp.FinalAt is not { } end || now < end + retention;

    /// <summary>What was answered to this submission; null where it is new or has no id.</summary>
    public OtpSubmission? AnswerTo(byte[]? submission) =>
        submission is null ? null : Submissions.Find(s => s.Hash.AsSpan().SequenceEqual(submission));

    public OtpState State => new(Otp.Status, Otp.Reason, Otp.Attempts, Otp.MaxAttempts, Otp.ExpiresAt, Deliveries.Any(d => d.Status.MayHaveArrived()));
}
