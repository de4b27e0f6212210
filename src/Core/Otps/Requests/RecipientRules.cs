using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Core.Otps.Requests;

/// <summary>Rules for the recipient: its field on each channel, its validity, and whether the application serves it.</summary>
internal static class RecipientRules
{
    public static bool TryChannel(JsonField field, ApplicationSettings settings, out Channel channel)
    {
        channel = settings.Plan is [var first, ..] ? first : Channel.Sms;
        return field.IsAbsent || (field.Text is { Length: > 0 } text && EnumText<Channel>.TryParse(text, out channel));
    }

    /// <summary>Whether the request has no field for the recipient on this channel.</summary>
    public static bool IsMissing(OtpRequest request, Channel channel) => channel.RecipientKind() switch
    {
        RecipientKind.Email => request.Email.IsAbsent,
        RecipientKind.Chat => request.ChatId.IsAbsent,
        _ => request.PhoneNumber.IsAbsent,
    };

    public static Result<Recipient> Validate(OtpRequest request, Channel channel) => channel switch
    {
        Channel.Email => Email(request.Email),
        Channel.Telegram => Chat(request.ChatId),
        _ => Phone(request.PhoneNumber, request.CountryIso),
    };

    /// <summary>Why the application does not serve the recipient; null when it does.</summary>
    public static OtpError? Serve(Recipient recipient, Channel channel, ApplicationLimits limits)
    {
        if (recipient.CountryIso is { } country
            && limits.AllowedCountries is { Length: > 0 } served
            && !served.Contains(country, StringComparer.OrdinalIgnoreCase))
        {
            return OtpErrors.NoCoverage;
        }

        return IsPremium(recipient, channel) && !limits.AllowPremiumNumbers ? OtpErrors.PremiumNumber : null;
    }

    /// <summary>Whether the number costs the sender extra; only SMS and calls use the telephone network.</summary>
    private static bool IsPremium(Recipient recipient, Channel channel) =>
        channel is Channel.Sms or Channel.Call && recipient.Phone?.Type is LineType.PremiumRate or LineType.SharedCost;

    private static Result<Recipient> Email(JsonField field)
    {
        if (string.IsNullOrEmpty(field.Text))
        {
            return field.Malformed ? OtpErrors.EmailInvalid : OtpErrors.EmailMissing;
        }

        return EmailAddress.TryParse(field.Text, out var email) ? Recipient.From(email) : OtpErrors.EmailInvalid;
    }

    private static Result<Recipient> Chat(JsonField field)
    {
        if (string.IsNullOrEmpty(field.Text))
        {
            return field.Malformed ? OtpErrors.ChatIdInvalid : OtpErrors.ChatIdMissing;
        }

        return TelegramChat.TryParse(field.Text, out var chat) ? Recipient.From(chat) : OtpErrors.ChatIdInvalid;
    }

    private static Result<Recipient> Phone(JsonField field, JsonField country)
    {
        if (string.IsNullOrEmpty(field.Text))
        {
            return field.Malformed ? OtpErrors.PhoneNumberInvalid : OtpErrors.PhoneNumberMissing;
        }

        return PhoneNumber.Parse(field.PhoneText, country.Malformed ? "?" : country.Text) switch
        {
            PhoneParseResult.Ok ok => Recipient.From(ok.Number),
            PhoneParseResult.CountryMissing => OtpErrors.CountryMissing,
            PhoneParseResult.CountryInvalid => OtpErrors.CountryInvalid,
            PhoneParseResult.ExtensionGiven => OtpErrors.PhoneNumberWithExtension,
            _ => OtpErrors.PhoneNumberInvalid,
        };
    }
}
