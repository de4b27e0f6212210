namespace OtpPipeline.Contracts;

/// <summary>Answer to <see cref="CancelOtp"/>: the OTP is cancelled.</summary>
/// <param name="OtpId">The OTP.</param>
/// <param name="TrackId">The caller's own id, when one was given.</param>
/// <param name="ExternalId">The caller's externalId, unchanged.</param>
public sealed record OtpCancelled(Guid OtpId, Guid? TrackId, string? ExternalId = null);
