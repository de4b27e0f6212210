using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Otps.Changes;

/// <summary>A transaction over locked OTPs. Disposing without saving rolls back.</summary>
public interface IOtpUnit : IAsyncDisposable
{
    /// <summary>Locks these OTPs in the order of their ids and waits for other locks.</summary>
    /// <remarks>Skips ids that do not exist. Reads answered submissions on request.</remarks>
    Task<LockedOtps> LockAsync(IReadOnlyCollection<Guid> otpIds, bool submissions, CancellationToken cancellationToken);

    /// <summary>Also reads the PINs and locks the recipients' histories, to check a guess.</summary>
    Task<LockedOtps> LockForVerificationAsync(IReadOnlyCollection<Guid> otpIds, bool submissions, CancellationToken cancellationToken);

    /// <summary>Also reads the receipts that came before these messages' ids; from then on such a receipt waits for the commit.</summary>
    Task<LockedOtps> LockForOutcomesAsync(
        IReadOnlyCollection<Guid> otpIds, IReadOnlyCollection<ProviderMessage> messages, CancellationToken cancellationToken);

    /// <summary>Locks an OTP and also reads its PINs, to send it again.</summary>
    Task<LockedOtps> LockForSendingAsync(Guid otpId, bool submissions, CancellationToken cancellationToken);

    /// <summary>Locks those of these OTPs that are pending and have a due step; skips those that another transaction holds.</summary>
    Task<LockedOtps> LockDueStepsAsync(IReadOnlyCollection<Guid> otpIds, CancellationToken cancellationToken);

    /// <summary>Locks the histories that count sends to recipients, by application and hash; empty ones where there are none yet.</summary>
    /// <remarks>After the OTPs, and once in a transaction.</remarks>
    Task<SendHistories> LockHistoriesAsync(
        IReadOnlyCollection<(Guid ApplicationId, byte[] Hash)> keys, CancellationToken cancellationToken);

    /// <summary>Locks what the application spent today. Every transaction takes this lock after all others.</summary>
    Task<ApplicationSpending> LockSpendingAsync(Guid applicationId, CancellationToken cancellationToken);

    /// <summary>Locks pending OTPs past their expiry; skips those that another transaction holds.</summary>
    Task<LockedOtps> LockExpiredAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Locks OTPs with a SENDING delivery whose lease has ended; skips those that another transaction holds.</summary>
    Task<LockedOtps> LockEndedLeasesAsync(int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Locks pending OTPs with a published QUEUED delivery whose work command seems lost; skips those that another transaction holds.
    /// </summary>
    /// <remarks>
    /// At most <paramref name="limit"/> per channel, due for republication for longer than the channel's lag in <paramref name="lags"/>.
    /// </remarks>
    Task<LockedOtps> LockLostDeliveriesAsync(IReadOnlyDictionary<Channel, TimeSpan> lags, int limit, CancellationToken cancellationToken);

    /// <summary>Locks OTPs that owe feedback whose command seems lost, and reads what they owe.</summary>
    /// <remarks>Skips those that another transaction holds. What they owe is read under the lock: it may have ended since.</remarks>
    Task<LockedOtps> LockLostFeedbackAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Locks these OTPs, and reads what they owe under the lock.</summary>
    Task<LockedOtps> LockWithFeedbackAsync(IReadOnlyCollection<Guid> otpIds, CancellationToken cancellationToken);

    /// <summary>Writes the changes and the messages, and commits.</summary>
    Task SaveAsync(OtpChanges changes, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken);
}
