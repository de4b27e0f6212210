using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Otps.Sending;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Rules;

namespace OtpPipeline.Api.Otps;

/// <summary>What POST /otp/{otpId}/resend takes; it may be left out.</summary>
/// <example>{"channel":"sms"}</example>
public sealed record ResendOtpBody
{
    /// <summary>The channel of the step to send again, which must have started; the current step unless given.</summary>
    [WordsOf<Channel>]
    public string? Channel { get; init; }

    /// <summary>
    /// same, new or new_with_grace; the application's setting unless given. Another one only where the application allows it.
    /// </summary>
    [WordsOf<ResendPolicy>]
    public string? ResendPolicy { get; init; }
}

/// <summary>POST /otp/{otpId}/resend.</summary>
internal static class ResendOtp
{
    public static readonly OtpError[] Errors =
    [
        OtpErrors.NotFound, OtpErrors.AlreadyVerified, OtpErrors.WasCancelled, OtpErrors.HasExpired, OtpErrors.HasFailed, OtpErrors.Undeliverable,
        OtpErrors.ChannelInvalid, OtpErrors.ResendChannelInvalid, OtpErrors.StepNotStarted, OtpErrors.ResendPolicyInvalid,
        OtpErrors.ResendPolicyNotAllowed, OtpErrors.ResendOfOwnMessage,
        OtpErrors.ResendsUsed, OtpErrors.ChannelNotServed, OtpErrors.SpendingLimit, CommonErrors.ResendTooSoon,
        CommonErrors.TooManyInAnHour, CommonErrors.TooManyInADay, CommonErrors.CoolingOff,
    ];

    /// <summary>Send an OTP again</summary>
    /// <remarks>
    /// Adds an attempt to the current step, or to the step of `channel`. It counts as a send and costs one; attempts and dateExpires stay.
    /// With the policy new the PIN before ends; a delivery in SENDING may still bring it. With new_with_grace both PINs are valid.
    /// </remarks>
    /// <param name="otpId">Id of the OTP.</param>
    public static async Task<Results<AcceptedAnswer<OtpAnswer>, ErrorResult>> HandleAsync(
        string otpId, HttpContext http, OtpResend resend, CancellationToken cancellationToken)
    {
        if (!DashedId.TryParse(otpId, out var id))
        {
            return new ErrorResult(OtpErrors.NotFound);
        }

        var body = await JsonBody.ReadAsync(http.Request, ResendFields.Read, cancellationToken);
        if (body.Error is { } unreadable && unreadable != OtpErrors.BodyEmpty)
        {
            return new ErrorResult(unreadable);
        }

        var key = IdempotencyHeader.Read(http.Request);
        if (key.Error is { } wrongKey)
        {
            return new ErrorResult(wrongKey);
        }

        var fields = body.Error is null ? body.Value : default;
        var command = fields.Apply(new(http.Caller().Application, id, key.Value, Activity.Current?.Id));
        if (command.Error is { } invalid)
        {
            return new ErrorResult(invalid);
        }

        var answer = await resend.ResendAsync(command.Value, cancellationToken);
        return answer.Error is { } error
            ? new ErrorResult(error)
            : new AcceptedAnswer<OtpAnswer>(
                OtpAnswer.Create(answer.Value) with { Warnings = fields.Warnings }, OtpResponseJson.Plain.OtpAnswer);
    }
}
