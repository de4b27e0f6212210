using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Stores;

namespace OtpPipeline.Core.Deliveries.Sending;

/// <summary>A request to deliver: at most one consumer gets the claim.</summary>
/// <param name="OtpId">The OTP.</param>
/// <param name="Step">Step of the plan.</param>
/// <param name="LeaseId">Made by the claimer; fences its outcome.</param>
public sealed record ClaimRequest(Guid OtpId, int Step, Guid LeaseId);

/// <summary>All that sending needs, read by the claim itself.</summary>
/// <param name="Delivery">In SENDING, under the claimer's lease.</param>
/// <param name="ApplicationId">Who owns the OTP.</param>
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

/// <summary>Claims as a database makes them.</summary>
public interface IDeliveryStore
{
    /// <summary>
    /// QUEUED to SENDING for each request whose delivery is due, only while its OTP is PENDING and has more than <paramref name="margin"/>
    /// to live; one statement and one commit for all. Requests that are not granted are left out of the answer.
    /// </summary>
    Task<IReadOnlyDictionary<Guid, ClaimedDelivery>> ClaimAsync(
        IReadOnlyList<ClaimRequest> requests, TimeSpan lease, TimeSpan margin, CancellationToken cancellationToken);
}
