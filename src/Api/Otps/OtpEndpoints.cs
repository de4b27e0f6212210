using OtpPipeline.Api.OpenApi;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Requests;

namespace OtpPipeline.Api.Otps;

/// <summary>The calls for OTPs.</summary>
internal static class OtpEndpoints
{
    private const string One = "/{otpId}";

    public static RouteGroupBuilder MapOtps(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/otp").RequireAuthorization(ApiKeys.OtpScope).WithTags("OTP").WithErrors(CommonErrors.OfCallers);
        group.MapPost("", RequestOtp.HandleAsync).WithName("requestOtp").Takes<OtpRequest>().TakesIdempotencyKey()
            .WithErrors(RequestOtp.Errors);
        group.MapGet("", FindOtps.HandleAsync).WithName("findOtps").WithErrors(FindOtps.Errors);
        group.MapGet(One, ReadOtp.HandleAsync).WithName("readOtp").WithErrors(OtpErrors.NotFound);
        group.MapPost(One, VerifyOtp.HandleAsync).WithName("verifyOtp").Takes<VerifyOtpBody>().TakesIdempotencyKey()
            .WithErrors(VerifyOtp.Errors);
        group.MapDelete(One, CancelOtp.HandleAsync).WithName("cancelOtp")
            .WithErrors(OtpErrors.NotFound, OtpErrors.AlreadyCancelled, OtpErrors.NotPending);
        group.MapPost(One + "/resend", ResendOtp.HandleAsync).WithName("resendOtp").Takes<ResendOtpBody>(isOptional: true)
            .TakesIdempotencyKey().WithErrors(ResendOtp.Errors);
        group.MapPost(One + "/next", NextOtp.HandleAsync).WithName("nextOtp").TakesIdempotencyKey().WithErrors(NextOtp.Errors);
        group.MapMethods(One, [HttpMethods.Head], ReadOtp.HandleAsync).ExcludeFromDescription();
        return group;
    }
}
