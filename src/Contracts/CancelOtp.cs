namespace OtpPipeline.Contracts;

/// <summary>Command from another system: cancel a pending OTP.</summary>
/// <param name="ApplicationId">The application that owns the OTP.</param>
/// <param name="OtpId">The OTP.</param>
public sealed record CancelOtp(Guid ApplicationId, Guid OtpId);
