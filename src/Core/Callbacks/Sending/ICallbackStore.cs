using OtpPipeline.Core.Otps;

namespace OtpPipeline.Core.Callbacks.Sending;

/// <summary>The callbacks as a database keeps them: set-based, one statement and one commit a step.</summary>
public interface ICallbackStore
{
    /// <summary>The pending callbacks of these OTPs that nobody has claimed yet.</summary>
    Task<IReadOnlyList<UnsentCallback>> ReadUnsentAsync(IReadOnlyCollection<Guid> otpIds, CancellationToken cancellationToken);

    /// <summary>Stores bodies and leases their callbacks, where nobody else was faster; the answer has the ids of those.</summary>
    Task<IReadOnlySet<Guid>> ClaimAsync(
        Guid leaseId, TimeSpan lease, IReadOnlyList<RenderedCallback> rendered, CancellationToken cancellationToken);

    /// <summary>Leases callbacks that are due, skipping those that somebody else holds. Those without a body are to be rendered.</summary>
    /// <param name="leaseId">The claim.</param>
    /// <param name="lease">How long it holds.</param>
    /// <param name="applicationIds">Whose callbacks.</param>
    /// <param name="limit">At most this many of each application, those first that are due longest.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    Task<IReadOnlyList<Callback>> ClaimDueAsync(
        Guid leaseId, TimeSpan lease, IReadOnlyCollection<Guid> applicationIds, int limit, CancellationToken cancellationToken);

    /// <summary>The applications that have callbacks due.</summary>
    Task<IReadOnlyList<Guid>> ReadDueApplicationsAsync(CancellationToken cancellationToken);

    /// <summary>What the bodies of leased callbacks are made of.</summary>
    Task<IReadOnlyList<UnsentCallback>> ReadLeasedAsync(
        Guid leaseId, IReadOnlyCollection<Guid> callbackIds, CancellationToken cancellationToken);

    /// <summary>Stores bodies of leased callbacks; the answer has the ids of those whose lease still held.</summary>
    Task<IReadOnlySet<Guid>> StoreAsync(Guid leaseId, IReadOnlyList<RenderedCallback> rendered, CancellationToken cancellationToken);

    /// <summary>Writes outcomes and attempts; the answer has the ids of those whose lease still held.</summary>
    Task<IReadOnlySet<Guid>> RecordAsync(IReadOnlyList<CallbackReport> reports, CancellationToken cancellationToken);

    /// <summary>The callbacks of an OTP in the order of their changes; null where the application has no such OTP.</summary>
    Task<IReadOnlyList<CallbackHistory>?> ReadAsync(Guid applicationId, Guid otpId, CancellationToken cancellationToken);

    /// <summary>Newest first by the database's clock, from the one that follows the given place on.</summary>
    Task<IReadOnlyList<CallbackHistory>> ListAsync(
        CallbackFilter filter, CallbackPlace? after, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Makes one callback due anew with the whole schedule before it; false where there is none. Null application and OTP: whoever's it is.
    /// </summary>
    Task<bool> ReplayAsync(Guid callbackId, Guid? applicationId, Guid? otpId, CancellationToken cancellationToken);

    /// <summary>The same for the next ones after a cursor, oldest first.</summary>
    Task<ReplayedBatch> ReplayAsync(CallbackFilter filter, Guid? after, int limit, CancellationToken cancellationToken);
}

/// <summary>A callback with its attempts, oldest first.</summary>
public sealed record CallbackHistory(Callback Callback, IReadOnlyList<CallbackAttempt> Attempts);

/// <summary>A callback without a body, with all that its body is made of.</summary>
/// <param name="Id">The callback.</param>
/// <param name="Otp">The OTP as it is now.</param>
/// <param name="Change">What the callback tells.</param>
/// <param name="Delivery">The delivery as the change left it; null where the OTP itself changed.</param>
/// <param name="Previous">Sequence of the callback before it.</param>
public sealed record UnsentCallback(Guid Id, Otp Otp, OtpChange Change, DeliveryChange? Delivery, long Previous);

/// <summary>A body that is stored once.</summary>
/// <param name="Id">The callback.</param>
/// <param name="Content">Encrypted <see cref="CallbackContent"/>.</param>
public sealed record RenderedCallback(Guid Id, byte[] Content);

/// <summary>What a sender reports of a callback that it holds.</summary>
/// <param name="CallbackId">The callback.</param>
/// <param name="LeaseId">The claim: a report counts only for its own.</param>
/// <param name="Decision">What becomes of the callback.</param>
/// <param name="Attempt">The attempt; null where none was made and the callback is only put back.</param>
public sealed record CallbackReport(Guid CallbackId, Guid LeaseId, CallbackDecision Decision, MadeAttempt? Attempt);

/// <summary>One attempt as it is stored.</summary>
/// <param name="Duration">Of the whole exchange.</param>
/// <param name="HttpStatus">Null where no answer came.</param>
/// <param name="Error">Kind of failure where no answer came.</param>
/// <param name="Answer">First bytes of the answer, encrypted.</param>
public sealed record MadeAttempt(TimeSpan Duration, int? HttpStatus, string? Error, byte[]? Answer);

/// <summary>What one batch of a replay did.</summary>
/// <param name="Count">Callbacks that are sent again.</param>
/// <param name="Last">The last one looked at, for the next batch; null where there is no more.</param>
public readonly record struct ReplayedBatch(int Count, Guid? Last);
