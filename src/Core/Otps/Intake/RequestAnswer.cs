using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Reading;

namespace OtpPipeline.Core.Otps.Intake;

/// <summary>The answer to a request for an OTP.</summary>
/// <param name="View">The OTP as it was created; null when refused.</param>
/// <param name="Error">Why it was refused.</param>
/// <param name="Announced">The commit included the answer, if <see cref="Requests.RequestOptions.Announce"/> was given.</param>
public readonly record struct RequestAnswer(OtpView? View, OtpError? Error, bool Announced)
{
    /// <exception cref="InvalidOperationException">The request was refused.</exception>
    public OtpView Value => View ?? throw new InvalidOperationException($"Refused with {Error?.Code}");
}
