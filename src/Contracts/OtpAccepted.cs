namespace OtpPipeline.Contracts;

/// <summary>Answer to <see cref="RequestOtp"/>: the OTP and its outgoing command are committed.</summary>
/// <param name="OtpId">The new OTP, or the first one of the same idempotency key.</param>
/// <param name="TrackId">The caller's own id, when one was given.</param>
/// <param name="Channel">The channel of the first step.</param>
/// <param name="DateCreated">UTC, from the database's clock.</param>
/// <param name="DateExpires">UTC; nothing verifies after it.</param>
/// <param name="Metadata">What the caller attached, unchanged.</param>
/// <param name="ExternalId">The caller's externalId, unchanged.</param>
/// <param name="Warnings">A sentence for each field of the command that was ignored; null without any.</param>
public sealed record OtpAccepted(
    Guid OtpId,
    Guid? TrackId,
    string Channel,
    DateTime DateCreated,
    DateTime DateExpires,
    IReadOnlyDictionary<string, string>? Metadata,
    string? ExternalId = null,
    IReadOnlyList<string>? Warnings = null);
