using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Stores;

namespace OtpPipeline.Core.Deliveries.Sending;

/// <summary>What a work command says of a delivery. It is a hint: the row must agree.</summary>
/// <param name="OtpId">The OTP.</param>
/// <param name="Channel">How it is sent.</param>
/// <param name="Step">Step of the plan.</param>
/// <param name="Route">Name of its route.</param>
/// <param name="Tried">Providers tried in this round, with commas between.</param>
public sealed record DeliveryHint(Guid OtpId, Channel Channel, int Step, string Route, string Tried);

/// <summary>A request to claim a delivery: at most one consumer gets the claim.</summary>
/// <param name="Hint">The delivery.</param>
/// <param name="Provider">The provider with a reserved place.</param>
/// <param name="LeaseId">Created by the claimer; only this lease can report the outcome.</param>
public sealed record ClaimRequest(DeliveryHint Hint, string Provider, Guid LeaseId);

/// <summary>A request to publish a delivery again later: there is no place for it.</summary>
/// <param name="Hint">The delivery.</param>
/// <param name="Delay">Time until it is due again; zero keeps its due time, and so its turn.</param>
/// <param name="TraceParent">W3C trace context for its next work command.</param>
public sealed record PostponeRequest(DeliveryHint Hint, TimeSpan Delay, string? TraceParent);

/// <summary>A QUEUED delivery of a plan whose OTP ends before a provider can take it.</summary>
/// <param name="OtpId">The OTP.</param>
/// <param name="ApplicationId">The application that owns it.</param>
/// <param name="Id">The delivery.</param>
/// <param name="Step">Its step.</param>
/// <param name="Plan">The steps of the plan, as in the row of the OTP.</param>
public sealed record EndingDelivery(Guid OtpId, Guid ApplicationId, Guid Id, int Step, string Plan);

/// <summary>All data for sending, read by the claim itself.</summary>
/// <param name="Delivery">In SENDING, under the claimer's lease.</param>
/// <param name="ApplicationId">The application that owns the OTP.</param>
/// <param name="RecipientHash">Keyed hash of the recipient.</param>
/// <param name="CountryIso">Null unless the recipient is a phone number.</param>
/// <param name="Details">Encrypted <see cref="OtpDetails"/>.</param>
/// <param name="Pin">Encrypted PIN.</param>
/// <param name="ExpiresAt">When the OTP ends.</param>
public sealed record ClaimedDelivery(
    Delivery Delivery, Guid ApplicationId, byte[] RecipientHash, string? CountryIso, byte[] Details, OtpPin Pin, DateTime ExpiresAt)
{
    /// <summary>Until when the request may go out.</summary>
    public LeaseClock? Lease { get; init; }
}

/// <summary>Claims deliveries in one database.</summary>
public interface IDeliveryStore
{
    /// <summary>
    /// Moves each due delivery from QUEUED to SENDING, while its OTP is PENDING with more than <paramref name="margin"/> left.
    /// </summary>
    /// <remarks>One statement and one commit for all. The result leaves out requests that are not granted.</remarks>
    Task<IReadOnlyDictionary<Guid, ClaimedDelivery>> ClaimAsync(
        IReadOnlyList<ClaimRequest> requests, TimeSpan lease, TimeSpan margin, CancellationToken cancellationToken);

    /// <summary>Returns published, QUEUED deliveries to those that wait for their turn, due after their delay.</summary>
    /// <remarks>Skips a row that another transaction holds: its work command is published again when it seems lost.</remarks>
    Task PostponeAsync(IReadOnlyList<PostponeRequest> requests, CancellationToken cancellationToken);

    /// <summary>Finds those of these due deliveries that belong to a plan and whose OTP ends within their delay.</summary>
    Task<IReadOnlyList<EndingDelivery>> FindEndingAsync(IReadOnlyList<PostponeRequest> requests, CancellationToken cancellationToken);
}
