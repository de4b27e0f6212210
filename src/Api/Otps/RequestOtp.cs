using System.ComponentModel;
using System.Diagnostics;
using OtpPipeline.Api.OpenApi;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Api.Otps;

/// <summary>What POST /otp takes, for the description only: the body is read leniently, numbers as texts and texts as numbers.</summary>
[Example(
    """{"phoneNumber":"+33612246400","from":"InfoText","template":"Your verification code is {{pin}}","ttl":180,"maxAttempts":4,"pinType":"numbers","pinLength":4}""")]
public sealed record RequestOtpBody
{
    [Description("E.164, or national with countryIso, as people paste it, without an extension. Required on sms, call, whatsapp and ussd.")]
    public string? PhoneNumber { get; init; }

    [Description("Two letters, such as FR; ignored where phoneNumber is E.164.")]
    public string? CountryIso { get; init; }

    [Description("Sender as the recipient sees it, 3 to 15 characters.")]
    public string? From { get; init; }

    [Description("Text of the message with {{pin}}; it may contain {{app}}, {{minutes}} and {{name}}.")]
    public string? Template { get; init; }

    [Description("The caller's own id, any dashed UUID.")]
    public string? TrackId { get; init; }

    [Description("Life in seconds, 60 to 1800.")]
    public int? Ttl { get; init; }

    [Description("Guesses allowed, 1 to 10.")]
    public int? MaxAttempts { get; init; }

    [Description("letters, numbers or alphanumeric.")]
    public string? PinType { get; init; }

    [Description("4 to 10 characters.")]
    public int? PinLength { get; init; }

    [Description("Where changes of status are posted; absolute http or https URL.")]
    public string? OtpCallbackUrl { get; init; }

    [Description("sms (default), email, telegram, call, whatsapp or ussd.")]
    public string? Channel { get; init; }

    [Description("Required on the channel email.")]
    public string? Email { get; init; }

    [Description("Required on the channel telegram.")]
    public string? ChatId { get; init; }

    [Description("The recipient's name, up to 100 characters.")]
    public string? Name { get; init; }

    [Description("Language tag, such as fr-CH.")]
    public string? Locale { get; init; }

    [Description("Up to 20 texts (names up to 40, values up to 500 characters), echoed everywhere.")]
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}

/// <summary>POST /otp.</summary>
internal static class RequestOtp
{
    public static async Task<IResult> HandleAsync(HttpContext http, OtpIntake intake, CancellationToken cancellationToken)
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
        return new JsonAnswer<OtpAnswer>(OtpAnswer.CreateFirst(otp.Value), OtpResponseJson.Plain.OtpAnswer, StatusCodes.Status201Created);
    }
}
