using OtpPipeline.Api.Security;
using OtpPipeline.Api.Wire;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Reading;

namespace OtpPipeline.Api.Otps;

/// <summary>GET /otp/{otpId}.</summary>
internal static class ReadOtp
{
    public static async Task<IResult> HandleAsync(string otpId, HttpContext http, OtpReader reader, CancellationToken cancellationToken) =>
        OtpEndpoints.TryId(otpId, out var id) && await reader.FindAsync(http.Caller().Application, id, cancellationToken) is { } otp
            ? new JsonAnswer<OtpAnswer>(OtpAnswer.Of(otp), ApiJson.Plain.OtpAnswer)
            : OtpEndpoints.Refuse(Refusals.NotFound);
}
