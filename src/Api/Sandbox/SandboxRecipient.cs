using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Api.Sandbox;

/// <summary>
/// A recipient in a query, which does not say its kind: a row of digits can be a phone number without its '+' and a chat id.
/// </summary>
internal static class SandboxRecipient
{
    /// <summary>Everybody whom the text may mean; empty for nobody.</summary>
    public static IEnumerable<Recipient> Parse(string text)
    {
        // A '+' that was not percent-encoded arrives as a space.
        var plain = text.Trim();
        if (PhoneNumber.Parse(PhoneNumber.WithPlus(plain), countryIso: null) is PhoneParseResult.Ok phone)
        {
            yield return Recipient.From(phone.Number);
        }

        if (EmailAddress.TryParse(plain, out var email))
        {
            yield return Recipient.From(email);
        }

        if (TelegramChat.TryParse(plain, out var chat))
        {
            yield return Recipient.From(chat);
        }
    }
}
