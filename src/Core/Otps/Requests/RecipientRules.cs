using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Core.Otps.Requests;

/// <summary>Which field names the recipient on a channel, and whether it holds one.</summary>
internal static class RecipientRules
{
    public static Judged<Recipient> Judge(OtpDraft draft, Channel channel) => channel switch
    {
        Channel.Email => Email(draft.Email),
        Channel.Telegram => Chat(draft.ChatId),
        _ => Phone(draft.PhoneNumber, draft.CountryIso),
    };

    private static Judged<Recipient> Email(DraftField field)
    {
        if (string.IsNullOrEmpty(field.Text))
        {
            return field.Malformed ? Refusals.EmailInvalid : Refusals.EmailMissing;
        }

        return EmailAddress.TryParse(field.Text, out var email) ? Recipient.Of(email) : Refusals.EmailInvalid;
    }

    private static Judged<Recipient> Chat(DraftField field)
    {
        if (string.IsNullOrEmpty(field.Text))
        {
            return field.Malformed ? Refusals.ChatIdInvalid : Refusals.ChatIdMissing;
        }

        return TelegramChat.TryParse(field.Text, out var chat) ? Recipient.Of(chat) : Refusals.ChatIdInvalid;
    }

    private static Judged<Recipient> Phone(DraftField field, DraftField country)
    {
        if (string.IsNullOrEmpty(field.Text))
        {
            return field.Malformed ? Refusals.PhoneNumberInvalid : Refusals.PhoneNumberMissing;
        }

        return PhoneNumber.Parse(field.PhoneText, country.Malformed ? "?" : country.Text) switch
        {
            PhoneParseResult.Ok ok => Recipient.Of(ok.Number),
            PhoneParseResult.CountryMissing => Refusals.CountryMissing,
            PhoneParseResult.CountryInvalid => Refusals.CountryInvalid,
            PhoneParseResult.ExtensionGiven => Refusals.PhoneNumberWithExtension,
            _ => Refusals.PhoneNumberInvalid,
        };
    }
}
