using Microsoft.AspNetCore.Http.HttpResults;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Reading;

namespace OtpPipeline.Api.Otps;

/// <summary>GET /otp/{otpId}.</summary>
internal static class ReadOtp
{
    /// <summary>Read an OTP and its deliveries</summary>
    /// <remarks>From dateExpires on a pending OTP is EXPIRED.</remarks>
    /// <param name="otpId">Id of the OTP.</param>
    public static async Task<Results<JsonAnswer<OtpAnswer>, ErrorResult>> HandleAsync(
        string otpId, HttpContext http, OtpReader reader, CancellationToken cancellationToken) =>
        DashedId.TryParse(otpId, out var id) && await reader.FindAsync(http.Caller().Application, id, cancellationToken) is { } otp
            ? new JsonAnswer<OtpAnswer>(OtpAnswer.Create(otp), OtpResponseJson.Plain.OtpAnswer)
            : new ErrorResult(OtpErrors.NotFound);
}
