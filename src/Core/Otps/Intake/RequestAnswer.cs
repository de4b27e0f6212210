using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Reading;

namespace OtpPipeline.Core.Otps.Intake;

/// <summary>The answer to a request for an OTP.</summary>
/// <param name="View">The OTP as it was created; null when refused.</param>
/// <param name="Error">Why not.</param>
/// <param name="Announced">The answer was part of the commit, where <see cref="Requests.RequestOptions.Announce"/> was given.</param>
public readonly record struct RequestAnswer(OtpView? View, OtpError? Error, bool Announced)
{
    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public OtpView Value => View ?? throw new InvalidOperationException($"Refused with {Error?.Code}");
}
