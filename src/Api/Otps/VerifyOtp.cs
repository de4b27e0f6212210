using System.ComponentModel;
using System.Diagnostics;
using OtpPipeline.Api.OpenApi;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Otps.Verification;
using OtpPipeline.Core.Pins;

namespace OtpPipeline.Api.Otps;

/// <summary>What POST /otp/{otpId} takes, for the description only.</summary>
[Example("""{"pin":"1544"}""")]
public sealed record VerifyOtpBody
{
    [Description("What the user typed. A JSON number is taken too, and gets back the leading zeros that it lost.")]
    public required string Pin { get; init; }
}

/// <summary>The PIN was right.</summary>
/// <param name="Status">VERIFIED.</param>
[Example("""{"status":"VERIFIED"}""")]
public sealed record VerifyAnswerBody(string Status);

/// <summary>POST /otp/{otpId}.</summary>
internal static class VerifyOtp
{
    private static readonly JsonAnswer<VerifyAnswerBody> Verified = new(new("VERIFIED"), OtpResponseJson.Plain.VerifyAnswerBody);

    public static async Task<IResult> HandleAsync(
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
