using OtpPipeline.Core.Otps;

namespace OtpPipeline.Core.Deliveries;

/// <summary>A wish to deliver: at most one consumer gets it granted.</summary>
/// <param name="OtpId">The OTP.</param>
/// <param name="Step">Step of the plan.</param>
/// <param name="LeaseId">Made by the claimer; fences its outcome.</param>
public sealed record ClaimRequest(Guid OtpId, int Step, Guid LeaseId);

/// <summary>All that sending needs, read by the claim itself.</summary>
/// <param name="Delivery">In SENDING, under the claimer's lease.</param>
/// <param name="ApplicationId">Who owns the OTP.</param>
/// <param name="RecipientHash">Keyed hash of the recipient.</param>
/// <param name="CountryIso">Null unless the recipient is a phone number.</param>
/// <param name="Details">Sealed <see cref="OtpDetails"/>.</param>
/// <param name="Pin">Sealed PIN.</param>
/// <param name="ExpiresAt">When the OTP ends.</param>
public sealed record ClaimedDelivery(
    Delivery Delivery, Guid ApplicationId, byte[] RecipientHash, string? CountryIso, byte[] Details, OtpPin Pin, DateTime ExpiresAt);

/// <summary>Claims as a database makes them.</summary>
public interface IDeliveryStore
{
    /// <summary>
    /// QUEUED to SENDING for each wish whose delivery is due, only while its OTP is PENDING and unexpired; one statement and one
    /// commit for all. Wishes that are not granted are left out of the answer.
    /// </summary>
    Task<IReadOnlyDictionary<Guid, ClaimedDelivery>> ClaimAsync(IReadOnlyList<ClaimRequest> requests, TimeSpan lease, CancellationToken cancellationToken);
}
