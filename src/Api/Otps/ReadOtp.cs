using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Reading;

namespace OtpPipeline.Api.Otps;

/// <summary>GET /otp/{otpId}.</summary>
internal static class ReadOtp
{
    public static async Task<IResult> HandleAsync(string otpId, HttpContext http, OtpReader reader, CancellationToken cancellationToken) =>
        DashedId.TryParse(otpId, out var id) && await reader.FindAsync(http.Caller().Application, id, cancellationToken) is { } otp
            ? new JsonAnswer<OtpAnswer>(OtpAnswer.Create(otp), OtpResponseJson.Plain.OtpAnswer)
            : new ErrorResult(OtpErrors.NotFound);
}
