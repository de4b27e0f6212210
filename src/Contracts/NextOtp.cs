namespace OtpPipeline.Contracts;

/// <summary>
/// Command from another system: start the next step of an OTP's delivery plan now. It needs a message id, by which a repeated command is
/// recognised.
/// </summary>
/// <param name="ApplicationId">The application that owns the OTP.</param>
/// <param name="OtpId">The OTP.</param>
public sealed record NextOtp(Guid ApplicationId, Guid OtpId);
