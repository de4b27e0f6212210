using System.Collections.Frozen;
using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Otps.Sending;

namespace OtpPipeline.Api.Otps;

/// <summary>POST /otp/{otpId}/next.</summary>
internal static class NextOtp
{
    public static readonly OtpError[] Errors =
    [
        OtpErrors.NotFound, OtpErrors.AlreadyVerified, OtpErrors.WasCancelled, OtpErrors.HasExpired, OtpErrors.HasFailed, OtpErrors.Undeliverable,
        OtpErrors.NoFurtherStep, OtpErrors.ChannelNotServed, OtpErrors.SpendingLimit, CommonErrors.TooManyInAnHour,
        CommonErrors.TooManyInADay, CommonErrors.CoolingOff,
    ];

    /// <summary>Start the next step of the delivery plan</summary>
    /// <remarks>
    /// Starts the step after the current one now, also where the current one arrived. It counts as a send and costs one. Each call starts
    /// one step; with an Idempotency-Key a repetition starts none.
    /// </remarks>
    /// <param name="otpId">Id of the OTP.</param>
    public static async Task<Results<AcceptedAnswer<OtpAnswer>, ErrorResult>> HandleAsync(
        string otpId, HttpContext http, OtpNext next, CancellationToken cancellationToken)
    {
        if (!DashedId.TryParse(otpId, out var id))
        {
            return new ErrorResult(OtpErrors.NotFound);
        }

        // A body is not needed, so that one that cannot be read is no error.
        var ignored = await JsonBody.ReadAsync(
            http.Request, static json => FieldWarnings.From(FieldWarnings.Unknown(json, FrozenSet<string>.Empty, [])), cancellationToken);
        var key = IdempotencyHeader.Read(http.Request);
        if (key.Error is { } wrongKey)
        {
            return new ErrorResult(wrongKey);
        }

        var answer = await next.StartAsync(new(http.Caller().Application, id, key.Value, Activity.Current?.Id), cancellationToken);
        return answer.Error is { } error
            ? new ErrorResult(error)
            : new AcceptedAnswer<OtpAnswer>(
                OtpAnswer.Create(answer.Value) with { Warnings = ignored.Error is null ? ignored.Value : null },
                OtpResponseJson.Plain.OtpAnswer);
    }
}
