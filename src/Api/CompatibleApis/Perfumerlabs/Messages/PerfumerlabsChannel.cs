using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Messages;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Api.CompatibleApis.Perfumerlabs.Messages;

/// <summary>A channel of the API.</summary>
/// <param name="Channel">The pipeline's channel; it has the same name, which is also in the paths.</param>
/// <param name="Kind">Kind of its recipients.</param>
/// <param name="Field">The field with the recipient.</param>
/// <param name="Expected">The format of that field.</param>
/// <param name="Limits">The field with the limits of recipients; null where the API sets none.</param>
internal sealed record PerfumerlabsChannel(Channel Channel, RecipientKind Kind, string Field, string Expected, string? Limits)
{
    private const string Phone = "a valid phone number in international digits, such as 77011234567";

    public static readonly PerfumerlabsChannel Sms = new(Channel.Sms, RecipientKind.Phone, "phone", Phone, "phones");
    public static readonly PerfumerlabsChannel Call = new(Channel.Call, RecipientKind.Phone, "phone", Phone, "phones");
    public static readonly PerfumerlabsChannel Email = new(Channel.Email, RecipientKind.Email, "email", "a valid e-mail address", "emails");
    public static readonly PerfumerlabsChannel Telegram = new(
        Channel.Telegram, RecipientKind.Chat, "chat_id", "a valid Telegram chat id", null);

    public static readonly IReadOnlyList<PerfumerlabsChannel> All = [Sms, Call, Email, Telegram];

    public string Name { get; } = Channel.Text();

    /// <summary>Namespace for lookups of its OTPs by recipient and by password.</summary>
    public string Place { get; } = $"perfumerlabs:{Channel.Text()}";

    public static PerfumerlabsChannel? Find(string? name) =>
        All.FirstOrDefault(c => string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The recipient in a text; null where the text is invalid.</summary>
    public Recipient? RecipientOf(string? text) => Kind switch
    {
        RecipientKind.Phone => ReadPhone(text) is PhoneParseResult.Ok ok ? Recipient.From(ok.Number) : null,
        RecipientKind.Email => EmailAddress.TryParse(text, out var email) ? Recipient.From(email) : null,
        _ => TelegramChat.TryParse(text, out var chat) ? Recipient.From(chat) : null,
    };

    public OtpLookup LookupOf(Recipient recipient) => new(Place, recipient);

    /// <summary>The recipient of a request, or the sentence that names its field.</summary>
    public Recipient? RecipientOf(PerfumerlabsFields fields, out string sentence)
    {
        var text = Kind == RecipientKind.Phone ? fields[Field].PhoneText : fields[Field].Text;
        sentence = Kind == RecipientKind.Phone && ReadPhone(text) is PhoneParseResult.ExtensionGiven
            ? $"\"{Field}\" must have no extension"
            : $"\"{Field}\" must be {Expected}";
        return RecipientOf(text);
    }

    /// <summary>Builds the request for the intake.</summary>
    /// <remarks>It sets what an application leaves to its requests: callers of this API have no fields for it.</remarks>
    public OtpRequest RequestFor(Recipient recipient, ApplicationSettings settings) => new()
    {
        Channel = new(Name),
        PhoneNumber = Kind == RecipientKind.Phone ? new(recipient.Address) : default,
        Email = Kind == RecipientKind.Email ? new(recipient.Address) : default,
        ChatId = Kind == RecipientKind.Chat ? new(recipient.Address) : default,
        From = settings.From is null ? new("InfoText") : default,

        // The caller's own message is sent instead.
        Template = new(MessageText.Placeholder),
        PinType = settings.PinType is null ? new("numbers") : default,
    };

    private static PhoneParseResult ReadPhone(string? text) => PhoneNumber.Parse(PhoneNumber.WithPlus(text ?? ""), countryIso: null);
}
