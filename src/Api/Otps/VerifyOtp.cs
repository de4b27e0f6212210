using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Otps.Verification;
using OtpPipeline.Core.Pins;

namespace OtpPipeline.Api.Otps;

/// <summary>What POST /otp/{otpId} takes.</summary>
/// <example>{"pin":"1544"}</example>
public sealed record VerifyOtpBody
{
    /// <summary>What the user typed. A JSON number is taken too, and gets back the leading zeros that it lost.</summary>
    public required string Pin { get; init; }
}

/// <summary>The PIN was right.</summary>
/// <param name="Status">The status of the OTP.</param>
/// <example>{"status":"VERIFIED"}</example>
public sealed record VerifyAnswerBody([property: AllowedValues("VERIFIED")] string Status);

/// <summary>POST /otp/{otpId}.</summary>
internal static class VerifyOtp
{
    private static readonly JsonAnswer<VerifyAnswerBody> Verified = new(new("VERIFIED"), OtpResponseJson.Plain.VerifyAnswerBody);

    public static readonly OtpError[] Errors =
    [
        OtpErrors.NotFound, OtpErrors.PinMissing, OtpErrors.AlreadyVerified, OtpErrors.WasCancelled, OtpErrors.HasExpired,
        OtpErrors.HasFailed, OtpErrors.Undeliverable, OtpErrors.LastAttemptFailed, OtpErrors.PinExpired, OtpErrors.WrongPin,
        CommonErrors.CoolingOff,
    ];

    /// <summary>Submit a PIN</summary>
    /// <remarks>
    /// The answer is given after the attempt is counted durably. A retry with the same Idempotency-Key recognises its own success.
    /// </remarks>
    /// <param name="otpId">Id of the OTP.</param>
    public static async Task<Results<JsonAnswer<VerifyAnswerBody>, ErrorResult>> HandleAsync(
        string otpId, HttpContext http, OtpVerification verification, OtpReader reader, CancellationToken cancellationToken)
    {
        if (!DashedId.TryParse(otpId, out var id))
        {
            return new ErrorResult(OtpErrors.NotFound);
        }

        var body = await JsonBody.ReadAsync(http.Request, static json => JsonField.From(json, "pin"), cancellationToken);
        if (body.Error is { } unreadable)
        {
            return new ErrorResult(unreadable);
        }

        var key = IdempotencyHeader.Read(http.Request);
        if (key.Error is { } wrongKey)
        {
            return new ErrorResult(wrongKey);
        }

        var application = http.Caller().Application;
        if (string.IsNullOrEmpty(body.Value.Text))
        {
            // An unknown id comes before a missing PIN in the API's table.
            var known = await reader.FindAsync(application, id, cancellationToken) is not null;
            return new ErrorResult(known ? OtpErrors.PinMissing : OtpErrors.NotFound);
        }

        var guess = new PinGuess(body.Value.Text, body.Value.WasNumber);
        var answer = await verification.VerifyAsync(new(application, id, guess, key.Value, Activity.Current?.Id), cancellationToken);
        return answer.Error is { } error ? new ErrorResult(error) : Verified;
    }
}
