using System.Diagnostics;
using OtpPipeline.Api.Security;
using OtpPipeline.Api.Wire;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Verification;

namespace OtpPipeline.Api.Otps;

/// <summary>The OTP is cancelled.</summary>
public sealed record CancelAnswer(CancelledOtp Info);

/// <summary>Which OTP was cancelled.</summary>
public sealed record CancelledOtp(Guid Id);

/// <summary>DELETE /otp/{otpId}.</summary>
internal static class CancelOtp
{
    public static async Task<IResult> HandleAsync(string otpId, HttpContext http, OtpCancellation cancellation, CancellationToken cancellationToken)
    {
        if (!OtpEndpoints.TryId(otpId, out var id))
        {
            return OtpEndpoints.Refuse(Refusals.NotFound);
        }

        var answer = await cancellation.CancelAsync(new(http.Caller().Application, id, TraceParent: Activity.Current?.Id), cancellationToken);
        return answer.Refusal is not { } refusal
            ? new JsonAnswer<CancelAnswer>(new(new(id)), ApiJson.Plain.CancelAnswer)
            : OtpEndpoints.Refuse(refusal);
    }
}
