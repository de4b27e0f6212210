using OtpPipeline.Core.Errors;

namespace OtpPipeline.Core.Otps.Requests;

/// <summary>What the intake decided on one request.</summary>
/// <param name="Otp">The OTP as it was created; null when refused.</param>
/// <param name="Error">Why not.</param>
public readonly record struct IntakeAnswer(Otp? Otp, OtpError? Error);
