using Microsoft.AspNetCore.Http.HttpResults;
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
        var group = routes.MapGroup("/otp/{otpId}/callbacks").RequireAuthorization(ApiKeys.OtpScope).WithTags("Callbacks")
            .WithErrors([.. CommonErrors.OfCallers, OtpErrors.NotFound]);
        group.MapGet("", ListAsync).WithName("listCallbacks");
        group.MapPost("/{callbackId}/replay", ReplayAsync).WithName("replayCallback");
    }

    /// <summary>List the callbacks of an OTP</summary>
    /// <remarks>With each attempt: status, duration and the first bytes of the answer.</remarks>
    /// <param name="otpId">Id of the OTP.</param>
    internal static async Task<Results<JsonAnswer<CallbackListAnswer>, ErrorResult>> ListAsync(
        string otpId, HttpContext http, ICallbackStore store, OtpSecrets secrets, CancellationToken cancellationToken) =>
        DashedId.TryParse(otpId, out var id) && await store.ReadAsync(Own(id, http), cancellationToken) is { } callbacks
            ? new JsonAnswer<CallbackListAnswer>(
                new([.. callbacks.Select(c => CallbackAnswer.From(c, secrets))]), CallbackJson.Plain.CallbackListAnswer)
            : new ErrorResult(OtpErrors.NotFound);

    /// <summary>Send a callback again</summary>
    /// <remarks>The stored body under the same webhook-id, with the whole schedule of retries before it.</remarks>
    /// <param name="callbackId">Id of the callback.</param>
    /// <param name="otpId">Id of the OTP.</param>
    internal static async Task<Results<AcceptedAnswer<ReplayAnswer>, ErrorResult>> ReplayAsync(
        string otpId, string callbackId, HttpContext http, ICallbackStore store, CancellationToken cancellationToken) =>
        DashedId.TryParse(otpId, out var otp)
        && DashedId.TryParse(callbackId, out var id)
        && await store.ReplayAsync(id, Own(otp, http), cancellationToken)
            ? new AcceptedAnswer<ReplayAnswer>(new(new(id)), CallbackJson.Plain.ReplayAnswer)
            : new ErrorResult(OtpErrors.NotFound);

    private static OwnOtp Own(Guid otpId, HttpContext http) => new(otpId, http.Caller().Application.Id, http.Caller().Application.IsTest);
}
