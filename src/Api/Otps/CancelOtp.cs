using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Verification;

namespace OtpPipeline.Api.Otps;

/// <summary>The OTP is cancelled.</summary>
/// <example>{"info":{"id":"a17fb13d-f4ac-4d93-9439-ef41ab8de390"}}</example>
public sealed record CancelAnswer(CancelledOtp Info);

/// <summary>Which OTP was cancelled.</summary>
public sealed record CancelledOtp(Guid Id);

/// <summary>DELETE /otp/{otpId}.</summary>
internal static class CancelOtp
{
    /// <summary>Cancel a pending OTP</summary>
    /// <remarks>No PIN verifies afterwards, and what is not sent yet is not sent.</remarks>
    /// <param name="otpId">Id of the OTP.</param>
    public static async Task<Results<JsonAnswer<CancelAnswer>, ErrorResult>> HandleAsync(
        string otpId, HttpContext http, OtpCancellation cancellation, CancellationToken cancellationToken)
    {
        if (!DashedId.TryParse(otpId, out var id))
        {
            return new ErrorResult(OtpErrors.NotFound);
        }

        var answer = await cancellation.CancelAsync(
            new(http.Caller().Application, id, TraceParent: Activity.Current?.Id), cancellationToken);
        return answer.Error is not { } error
            ? new JsonAnswer<CancelAnswer>(new(new(id)), OtpResponseJson.Plain.CancelAnswer)
            : new ErrorResult(error);
    }
}
