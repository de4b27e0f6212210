using OtpPipeline.Core.Otps;

namespace OtpPipeline.Core.Callbacks.Sending;

/// <summary>Stores the callbacks in one database: set-based, one statement and one commit per step.</summary>
public interface ICallbackStore
{
    /// <summary>The pending, unclaimed callbacks of these OTPs.</summary>
    Task<IReadOnlyList<UnsentCallback>> ReadUnsentAsync(IReadOnlyCollection<Guid> otpIds, CancellationToken cancellationToken);

    /// <summary>Stores bodies and leases their callbacks; returns the ids that no other process claimed first.</summary>
    Task<IReadOnlySet<Guid>> ClaimAsync(
        Guid leaseId, TimeSpan lease, IReadOnlyList<RenderedCallback> rendered, CancellationToken cancellationToken);

    /// <summary>Leases due callbacks, skipping those that another transaction holds. Those without a body must be rendered.</summary>
    /// <param name="leaseId">The claim.</param>
    /// <param name="lease">How long it holds.</param>
    /// <param name="applicationIds">The applications whose callbacks to lease.</param>
    /// <param name="limit">Maximum per application; the longest due come first.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    Task<IReadOnlyList<Callback>> ClaimDueAsync(
        Guid leaseId, TimeSpan lease, IReadOnlyCollection<Guid> applicationIds, int limit, CancellationToken cancellationToken);

    /// <summary>The applications with due callbacks.</summary>
    Task<IReadOnlyList<Guid>> ReadDueApplicationsAsync(CancellationToken cancellationToken);

    /// <summary>Reads the data for the bodies of leased callbacks.</summary>
    Task<IReadOnlyList<UnsentCallback>> ReadLeasedAsync(
        Guid leaseId, IReadOnlyCollection<Guid> callbackIds, CancellationToken cancellationToken);

    /// <summary>Stores bodies of leased callbacks; returns the ids whose lease still held.</summary>
    Task<IReadOnlySet<Guid>> StoreAsync(Guid leaseId, IReadOnlyList<RenderedCallback> rendered, CancellationToken cancellationToken);

    /// <summary>Writes outcomes and attempts; returns the ids whose lease still held.</summary>
    Task<IReadOnlySet<Guid>> RecordAsync(IReadOnlyList<CallbackReport> reports, CancellationToken cancellationToken);

    /// <summary>The callbacks of an OTP in the order of their changes; null when the client has no such OTP.</summary>
    Task<IReadOnlyList<CallbackHistory>?> ReadAsync(OwnOtp otp, CancellationToken cancellationToken);

    /// <summary>Lists callbacks newest first by the database's clock, after the given place.</summary>
    Task<IReadOnlyList<CallbackHistory>> ListAsync(
        CallbackFilter filter, CallbackPlace? after, int limit, CancellationToken cancellationToken);

    /// <summary>Makes one callback due again with a fresh schedule; false without one. Null matches the callback of any OTP.</summary>
    Task<bool> ReplayAsync(Guid callbackId, OwnOtp? otp, CancellationToken cancellationToken);

    /// <summary>Replays the next callbacks after a cursor, oldest first.</summary>
    Task<ReplayedBatch> ReplayAsync(CallbackFilter filter, Guid? after, int limit, CancellationToken cancellationToken);
}

/// <summary>A callback with its attempts, oldest first.</summary>
public sealed record CallbackHistory(Callback Callback, IReadOnlyList<CallbackAttempt> Attempts);

/// <summary>A callback without a body, with the data for it.</summary>
/// <param name="Id">The callback.</param>
/// <param name="Otp">The OTP as it is now.</param>
/// <param name="Change">The change to report.</param>
/// <param name="Delivery">The delivery after the change; null when the OTP itself changed.</param>
/// <param name="Previous">Sequence of the previous callback.</param>
public sealed record UnsentCallback(Guid Id, Otp Otp, OtpChange Change, DeliveryChange? Delivery, long Previous);

/// <summary>A rendered body, which is stored once.</summary>
/// <param name="Id">The callback.</param>
/// <param name="Content">Encrypted <see cref="CallbackContent"/>.</param>
public sealed record RenderedCallback(Guid Id, byte[] Content);

/// <summary>A sender's report on a callback that it holds.</summary>
/// <param name="CallbackId">The callback.</param>
/// <param name="LeaseId">The claim: a report counts only for its claim.</param>
/// <param name="Decision">What follows for the callback.</param>
/// <param name="Attempt">The attempt; null when none was made and the callback is only released.</param>
public sealed record CallbackReport(Guid CallbackId, Guid LeaseId, CallbackDecision Decision, MadeAttempt? Attempt);

/// <summary>One attempt as stored.</summary>
/// <param name="Duration">Duration of the whole exchange.</param>
/// <param name="HttpStatus">Null when no answer came.</param>
/// <param name="Error">Kind of failure when no answer came.</param>
/// <param name="Answer">First bytes of the answer, encrypted.</param>
public sealed record MadeAttempt(TimeSpan Duration, int? HttpStatus, string? Error, byte[]? Answer);

/// <summary>The result of one batch of a replay.</summary>
/// <param name="Count">Callbacks that will be sent again.</param>
/// <param name="Last">The last callback examined, for the next batch; null at the end.</param>
public readonly record struct ReplayedBatch(int Count, Guid? Last);
