using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Api.Otps;

/// <summary>What POST /otp takes. Numbers may come as texts, and texts as numbers.</summary>
/// <example>
/// {"phoneNumber":"+33612246400","from":"InfoText","template":"Your verification code is {{pin}}","ttl":180,"maxAttempts":4,"pinLength":4}
/// </example>
public sealed record RequestOtpBody
{
    /// <summary>E.164, or national with countryIso; without an extension. Required on sms, call, whatsapp and ussd.</summary>
    public string? PhoneNumber { get; init; }

    /// <summary>Two letters, such as FR; ignored where phoneNumber is E.164.</summary>
    public string? CountryIso { get; init; }

    /// <summary>Sender as the recipient sees it, 3 to 15 characters.</summary>
    public string? From { get; init; }

    /// <summary>Text of the message with {{pin}}; it may contain {{app}}, {{minutes}} and {{name}}.</summary>
    public string? Template { get; init; }

    /// <summary>The caller's own id, any dashed UUID.</summary>
    public string? TrackId { get; init; }

    /// <summary>Life in seconds.</summary>
    [Range(60, 1800)]
    public int? Ttl { get; init; }

    /// <summary>Guesses allowed.</summary>
    [Range(1, 10)]
    public int? MaxAttempts { get; init; }

    /// <summary>Characters of the PIN.</summary>
    [WordsOf<PinType>]
    public string? PinType { get; init; }

    /// <summary>Number of characters.</summary>
    [Range(4, 10)]
    public int? PinLength { get; init; }

    /// <summary>Where changes of status are posted; absolute http or https URL.</summary>
    public string? OtpCallbackUrl { get; init; }

    /// <summary>How the PIN is delivered; sms unless given.</summary>
    [WordsOf<Channel>]
    public string? Channel { get; init; }

    /// <summary>Required on the channel email.</summary>
    public string? Email { get; init; }

    /// <summary>Required on the channel telegram.</summary>
    public string? ChatId { get; init; }

    /// <summary>The recipient's name, up to 100 characters.</summary>
    public string? Name { get; init; }

    /// <summary>Language tag, such as fr-CH.</summary>
    public string? Locale { get; init; }

    /// <summary>Up to 20 texts (names up to 40, values up to 500 characters), echoed everywhere.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}

/// <summary>POST /otp.</summary>
internal static class RequestOtp
{
    public static readonly OtpError[] Errors =
    [
        .. CommonErrors.OfRequests, OtpErrors.NoCoverage, OtpErrors.PremiumNumber, OtpErrors.SpendingLimit, OtpErrors.IdempotencyKeyReused,
        OtpErrors.IdempotencyKeyInFlight, CommonErrors.TooManySends, CommonErrors.TooSoon, CommonErrors.CoolingOff,
    ];

    /// <summary>Request an OTP</summary>
    /// <remarks>201 means that the OTP and its delivery are stored durably.</remarks>
    public static async Task<Results<CreatedAnswer<OtpAnswer>, ErrorResult>> HandleAsync(
        HttpContext http, OtpIntake intake, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(http.Request, OtpRequest.Read, cancellationToken);
        if (body.Error is { } unreadable)
        {
            return new ErrorResult(unreadable);
        }

        var key = IdempotencyHeader.Read(http.Request);
        if (key.Error is { } wrongKey)
        {
            return new ErrorResult(wrongKey);
        }

        var otp = await intake.RequestAsync(body.Value, new(http.Caller().Application, key.Value, Activity.Current?.Id), cancellationToken);
        if (otp.Error is { } error)
        {
            return new ErrorResult(error);
        }

        http.Response.Headers.Location = $"{http.Request.Path}/{otp.Value.Otp.Id:D}";
        return new CreatedAnswer<OtpAnswer>(OtpAnswer.CreateFirst(otp.Value), OtpResponseJson.Plain.OtpAnswer);
    }
}
