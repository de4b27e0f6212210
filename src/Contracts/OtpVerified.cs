namespace OtpPipeline.Contracts;

/// <summary>Answer to <see cref="VerifyOtp"/>: the PIN was right and is now used up.</summary>
/// <param name="OtpId">The OTP.</param>
/// <param name="TrackId">The caller's own id, when one was given.</param>
/// <param name="ExternalId">The caller's externalId, unchanged.</param>
public sealed record OtpVerified(Guid OtpId, Guid? TrackId, string? ExternalId = null);
