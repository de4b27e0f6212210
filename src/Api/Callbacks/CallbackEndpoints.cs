using OtpPipeline.Api.OpenApi;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Callbacks.Sending;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Api.Callbacks;

/// <summary>The callbacks of one OTP, for the application that it belongs to.</summary>
internal static class CallbackEndpoints
{
    public static void MapCallbacks(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/otp/{otpId}/callbacks").RequireAuthorization(ApiKeys.OtpScope).WithTags("Callbacks");
        group.MapGet("", ListAsync).Describe(
            "listCallbacks", "List the callbacks of an OTP", "With each attempt: status, duration and the first bytes of the answer.",
            body: null, StatusCodes.Status200OK, typeof(CallbackListAnswer));
        group.MapPost("/{callbackId}/replay", ReplayAsync).Describe(
            "replayCallback", "Send a callback again", "The stored body under the same webhook-id, with the whole schedule of retries before it.",
            body: null, StatusCodes.Status202Accepted, typeof(ReplayAnswer));
    }

    private static async Task<IResult> ListAsync(string otpId, HttpContext http, ICallbackStore store, OtpSecrets secrets, CancellationToken cancellationToken) =>
        DashedId.TryParse(otpId, out var id) && await store.ReadAsync(http.Caller().Application.Id, id, cancellationToken) is { } callbacks
            ? new JsonAnswer<CallbackListAnswer>(new([.. callbacks.Select(c => CallbackAnswer.From(c, secrets))]), CallbackJson.Plain.CallbackListAnswer)
            : new ErrorResult(OtpErrors.NotFound);

    private static async Task<IResult> ReplayAsync(string otpId, string callbackId, HttpContext http, ICallbackStore store, CancellationToken cancellationToken) =>
        DashedId.TryParse(otpId, out var otp)
        && DashedId.TryParse(callbackId, out var id)
        && await store.ReplayAsync(id, http.Caller().Application.Id, otp, cancellationToken)
            ? new JsonAnswer<ReplayAnswer>(new(new(id)), CallbackJson.Plain.ReplayAnswer, StatusCodes.Status202Accepted)
            : new ErrorResult(OtpErrors.NotFound);
}
