using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Otps.Changes;

/// <summary>A transaction over locked OTPs. Disposing without saving rolls back.</summary>
public interface IOtpUnit : IAsyncDisposable
{
    /// <summary>
    /// Locks these OTPs in the order of their ids, waiting for others; ids that do not exist are left out. Answered submissions are
    /// read where asked for.
    /// </summary>
    Task<LockedOtps> LockAsync(IReadOnlyCollection<Guid> otpIds, bool submissions, CancellationToken cancellationToken);

    /// <summary>The same with what a guess is checked by: the PINs, and the recipients' histories, locked too.</summary>
    Task<LockedOtps> LockForVerificationAsync(IReadOnlyCollection<Guid> otpIds, bool submissions, CancellationToken cancellationToken);

    /// <summary>Locks what the application spent today; before any OTP, as everybody does who locks both.</summary>
    Task<ApplicationSpending> LockSpendingAsync(Guid applicationId, CancellationToken cancellationToken);

    /// <summary>Locks pending OTPs past their time, skipping those that somebody else holds.</summary>
    Task<LockedOtps> LockExpiredAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Locks OTPs with a delivery in SENDING whose lease has ended, skipping those that somebody else holds.</summary>
    Task<LockedOtps> LockEndedLeasesAsync(int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Locks pending OTPs with a published QUEUED delivery whose work command seems lost, skipping those that somebody else holds: of each
    /// channel at most <paramref name="limit"/> that were to be published again before <paramref name="lags"/>.
    /// </summary>
    Task<LockedOtps> LockLostDeliveriesAsync(IReadOnlyDictionary<Channel, TimeSpan> lags, int limit, CancellationToken cancellationToken);

    /// <summary>Writes what changed, together with the messages, and commits.</summary>
    Task SaveAsync(OtpChanges changes, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken);
}
