using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Core.Otps.Requests;

/// <summary>Which field names the recipient on a channel, and whether it holds one.</summary>
internal static class RecipientRules
{
    public static Result<Recipient> Validate(OtpDraft draft, Channel channel) => channel switch
    {
        Channel.Email => Email(draft.Email),
        Channel.Telegram => Chat(draft.ChatId),
        _ => Phone(draft.PhoneNumber, draft.CountryIso),
    };

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
