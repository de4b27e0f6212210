namespace OtpPipeline.Contracts;

/// <summary>
/// Command from another system: send a pending OTP again. It needs a message id, by which a repeated command is recognised.
/// </summary>
/// <param name="ApplicationId">The application that owns the OTP.</param>
/// <param name="OtpId">The OTP.</param>
/// <param name="Channel">The channel of the step to send again; null for the current step.</param>
/// <param name="ResendPolicy">same, new or new_with_grace; null for the application's setting.</param>
public sealed record ResendOtp(Guid ApplicationId, Guid OtpId, string? Channel = null, string? ResendPolicy = null);
