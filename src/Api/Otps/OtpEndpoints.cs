using OtpPipeline.Api.OpenApi;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Otps.Reading;

namespace OtpPipeline.Api.Otps;

/// <summary>the native API.</summary>
internal static class OtpEndpoints
{
    private const string One = "/{otpId}";

    public static RouteGroupBuilder MapOtps(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/otp").RequireAuthorization(ApiKeys.OtpScope).WithTags("OTP");
        group.MapPost("", RequestOtp.HandleAsync).Describe(
            "requestOtp", "Request an OTP", "201 means that the OTP and its delivery are stored durably.",
            typeof(RequestOtpBody), StatusCodes.Status201Created, typeof(OtpAnswer), idempotent: true);
        group.MapGet(One, ReadOtp.HandleAsync).Describe(
            "readOtp", "Read an OTP and its deliveries", "From dateExpires on a pending OTP is EXPIRED.",
            body: null, StatusCodes.Status200OK, typeof(OtpAnswer));
        group.MapPost(One, VerifyOtp.HandleAsync).Describe(
            "verifyOtp", "Submit a PIN", "The answer is given after the attempt is counted durably. A retry with the same Idempotency-Key recognises its own success.",
            typeof(VerifyOtpBody), StatusCodes.Status200OK, typeof(VerifyAnswerBody), idempotent: true);
        group.MapDelete(One, CancelOtp.HandleAsync).Describe(
            "cancelOtp", "Cancel a pending OTP", "Nothing verifies afterwards, and what is not yet sent is not sent.",
            body: null, StatusCodes.Status200OK, typeof(CancelAnswer));
        group.MapMethods(One, [HttpMethods.Head], ReadOtp.HandleAsync).ExcludeFromDescription();
        return group;
    }
}
