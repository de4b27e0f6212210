using OtpPipeline.Core.Otps;
using OtpPipeline.Outbox;

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
    Delivery Delivery, Guid ApplicationId, byte[] RecipientHash, string? CountryIso, byte[] Details, OtpPin Pin, DateTime ExpiresAt)
{
    /// <summary>Until when the request may go out.</summary>
    public LeaseClock? Lease { get; init; }
}

/// <summary>Claims as a database makes them.</summary>
public interface IDeliveryStore
{
    /// <summary>
    /// QUEUED to SENDING for each request whose delivery is due, only while its OTP is PENDING and has more than <paramref name="margin"/> to live;
    /// one statement and one commit for all. Requests that are not granted are left out of the answer.
    /// </summary>
    Task<IReadOnlyDictionary<Guid, ClaimedDelivery>> ClaimAsync(
        IReadOnlyList<ClaimRequest> requests, TimeSpan lease, TimeSpan margin, CancellationToken cancellationToken);

    /// <summary>Shares with a waiting delivery that is due: the next ones after the last of the pass before.</summary>
    Task<IReadOnlyList<QueueShare>> FindWaitingAsync(QueueShare? after, int limit, CancellationToken cancellationToken);

    /// <summary>One transaction that publishes waiting deliveries.</summary>
    Task<IReleaseUnit> BeginReleaseAsync(CancellationToken cancellationToken);
}

/// <summary>A transaction of the release. Disposing without saving rolls back.</summary>
public interface IReleaseUnit : IAsyncDisposable
{
    /// <summary>
    /// Counts what each share has published, and takes the longest due of those that wait until <paramref name="target"/> is reached,
    /// <paramref name="most"/> of a share. None while another process releases.
    /// </summary>
    Task<IReadOnlyList<ReleasedDelivery>> TakeAsync(
        IReadOnlyList<QueueShare> shares, int target, int most, TimeSpan lostAfter, CancellationToken cancellationToken);

    /// <summary>Stores the work commands and commits.</summary>
    Task SaveAsync(IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken);
}
