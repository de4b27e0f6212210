using System.Text.Json.Serialization;
using OtpPipeline.Core.Formats;

namespace OtpPipeline.Core.Recipients;

/// <summary>Kind of a recipient's address. The numbers are stored.</summary>
public enum RecipientKind
{
    /// <summary>A phone number: SMS, call, WhatsApp, USSD.</summary>
    Phone = 1,

    Email = 2,

    Chat = 3,
}

/// <summary>The recipient of an OTP on any channel. Prints itself masked; only <see cref="Address"/> holds the whole address.</summary>
[JsonConverter(typeof(JsonAsPrinted<Recipient>))]
public sealed record Recipient
{
    private readonly string _masked;
    private readonly EmailAddress? _email;

    private Recipient(RecipientKind kind, string address, string identity, string? countryIso, string masked)
    {
        Kind = kind;
        Address = address;
        Identity = identity;
        CountryIso = countryIso;
        _masked = masked;
    }

    private Recipient(PhoneNumber phone)
        : this(RecipientKind.Phone, phone.E164, SameLine.From(phone.E164), phone.CountryIso, phone.ToString()) => Phone = phone;

    private Recipient(EmailAddress email)
        : this(RecipientKind.Email, email.Value, email.Identity, countryIso: null, email.ToString()) => _email = email;

    /// <summary>The kind of <see cref="Address"/>.</summary>
    public RecipientKind Kind { get; }

    /// <summary>The address for sending: E.164, e-mail with its local part as sent, or chat id.</summary>
    public string Address { get; }

    /// <summary>Equal for all addresses of this recipient: in lower case, and one of two numbers of the same line.</summary>
    public string Identity { get; }

    /// <summary>The country of a phone number, two letters in upper case; null otherwise.</summary>
    public string? CountryIso { get; }

    /// <summary>The phone number; null for other kinds.</summary>
    public PhoneNumber? Phone { get; }

    /// <summary>The identity that counts sends and guesses; for e-mail, without what the application's settings fold.</summary>
    public string Folded(bool plusTags, bool dots) => _email?.Folded(plusTags, dots) ?? Identity;

    public static Recipient From(PhoneNumber number)
    {
        ArgumentNullException.ThrowIfNull(number);
        return new(number);
    }

    public static Recipient From(EmailAddress email)
    {
        ArgumentNullException.ThrowIfNull(email);
        return new(email);
    }

    public static Recipient From(TelegramChat chat)
    {
        ArgumentNullException.ThrowIfNull(chat);
        return new(RecipientKind.Chat, chat.Value, chat.Value, countryIso: null, chat.ToString());
    }

    /// <summary>Restores a recipient that was validated before it was stored.</summary>
    /// <exception cref="ArgumentException">The arguments do not match; the message does not contain the address.</exception>
    public static Recipient FromStored(RecipientKind kind, string address, string? countryIso) => kind switch
    {
        RecipientKind.Phone when countryIso is not null => From(PhoneNumber.FromStored(address, countryIso)),
        RecipientKind.Email when EmailAddress.TryParse(address, out var email) => From(email),
        RecipientKind.Chat when TelegramChat.TryParse(address, out var chat) => From(chat),
        _ => throw new ArgumentException($"The stored recipient is no {kind}.", nameof(address)),
    };

    /// <summary>The address masked: "+33•••••400", "m•••••@example.com", "•••••789".</summary>
    public override string ToString() => _masked;
}
