namespace OtpPipeline.Contracts;

/// <summary>Event: an OTP reached a final status. Published on a topic exchange with the application id as routing key.</summary>
/// <param name="OtpId">The OTP.</param>
/// <param name="ApplicationId">The application that owns it.</param>
/// <param name="TrackId">The caller's own id, when one was given.</param>
/// <param name="Status">VERIFIED, EXPIRED, CANCELLED or FAILED.</param>
/// <param name="Reason">not_verified or never_sent for EXPIRED; max_attempts or undeliverable for FAILED; else null.</param>
/// <param name="Sequence">Number of this change of the OTP, shared with <see cref="OtpDeliveryChanged"/>, without gaps; the creation is
/// 1.</param>
/// <param name="OccurredAt">UTC, from the database's clock.</param>
/// <param name="Metadata">What the caller attached to the request, unchanged.</param>
/// <param name="Previous">Sequence of the last event of the same OTP on this exchange; 0 for the first.</param>
/// <param name="ExternalId">The caller's externalId, unchanged.</param>
/// <param name="Test">Requested with a test key: everything of it goes to the sandbox.</param>
public sealed record OtpStatusChanged(
    Guid OtpId,
    Guid ApplicationId,
    Guid? TrackId,
    string Status,
    string? Reason,
    long Sequence,
    DateTime OccurredAt,
    IReadOnlyDictionary<string, string>? Metadata,
    long Previous = 0,
    string? ExternalId = null,
    bool Test = false);
