namespace OtpPipeline.Contracts;

/// <summary>
/// Event: the status of one delivery changed. Published on a topic exchange with the application id as routing key.
/// A claim (SENDING) is a lease, not a change: it is not announced.
/// </summary>
/// <param name="OtpId">The OTP.</param>
/// <param name="ApplicationId">The application that owns it.</param>
/// <param name="TrackId">The caller's own id, when one was given.</param>
/// <param name="DeliveryId">The delivery: one attempt to hand the PIN to a provider.</param>
/// <param name="Channel">sms, email, telegram, call, whatsapp or ussd.</param>
/// <param name="Provider">The provider that was asked; null where none was.</param>
/// <param name="Step">The step of the delivery plan, from 1.</param>
/// <param name="Attempt">The attempt within the step, from 1.</param>
/// <param name="Status">SENT, DELIVERED, READ, UNDELIVERED, FAILED, UNKNOWN or SUPPRESSED.</param>
/// <param name="Reason">Why, as a stable code; null for success.</param>
/// <param name="Sequence">Number of this change of the OTP, shared with <see cref="OtpStatusChanged"/>, without gaps; the creation is
/// 1.</param>
/// <param name="OccurredAt">UTC, from the database's clock.</param>
/// <param name="Metadata">What the caller attached to the request, unchanged.</param>
/// <param name="Previous">Sequence of the last event of the same OTP on this exchange; 0 for the first.</param>
/// <param name="ProviderMessageId">The provider's id of the message, as soon as it is known.</param>
/// <param name="SentAt">When we knew that the provider has it.</param>
/// <param name="DeliveredAt">When it arrived, as a receipt says.</param>
/// <param name="ReadAt">When it was read, as a receipt says.</param>
/// <param name="ExternalId">The caller's externalId, unchanged.</param>
/// <param name="Test">Requested with a test key: everything of it goes to the sandbox.</param>
public sealed record OtpDeliveryChanged(
    Guid OtpId,
    Guid ApplicationId,
    Guid? TrackId,
    Guid DeliveryId,
    string Channel,
    string? Provider,
    int Step,
    int Attempt,
    string Status,
    string? Reason,
    long Sequence,
    DateTime OccurredAt,
    IReadOnlyDictionary<string, string>? Metadata,
    long Previous = 0,
    string? ProviderMessageId = null,
    DateTime? SentAt = null,
    DateTime? DeliveredAt = null,
    DateTime? ReadAt = null,
    string? ExternalId = null,
    bool Test = false);
