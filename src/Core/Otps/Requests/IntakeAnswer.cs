using OtpPipeline.Core.Errors;

namespace OtpPipeline.Core.Otps.Requests;

/// <summary>The intake's decision on one request.</summary>
/// <param name="Otp">The OTP as it was created; null when refused.</param>
/// <param name="Error">Why it was refused.</param>
public readonly record struct IntakeAnswer(Otp? Otp, OtpError? Error);
