using System.Text.Json.Serialization;
using OtpPipeline.Core.Formats;

namespace OtpPipeline.Core.Recipients;

/// <summary>What kind of address a recipient has. The numbers are stored.</summary>
public enum RecipientKind
{
    /// <summary>A phone number: SMS, call, WhatsApp, USSD.</summary>
    Phone = 1,

    /// <summary>An e-mail address.</summary>
    Email = 2,

    /// <summary>A Telegram chat.</summary>
    Chat = 3,
}

/// <summary>
/// Whoever an OTP is for, on whatever channel. It prints itself masked; only <see cref="Address"/> carries the whole address.
/// </summary>
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

    /// <summary>What <see cref="Address"/> is.</summary>
    public RecipientKind Kind { get; }

    /// <summary>What a message is sent to: E.164, e-mail with its local part as given, or chat id.</summary>
    public string Address { get; }

    /// <summary>The same for all addresses that mean this recipient: in lower case, and one of two numbers of a line.</summary>
    public string Identity { get; }

    /// <summary>The country of a phone number, two letters in upper case; null otherwise.</summary>
    public string? CountryIso { get; }

    /// <summary>The phone number; null for another kind.</summary>
    public PhoneNumber? Phone { get; }

    /// <summary>The identity by which sends and guesses are counted: of an e-mail address without what the application folds.</summary>
    public string Folded(bool plusTags, bool dots) => _email?.Folded(plusTags, dots) ?? Identity;

    /// <summary>A phone number as a recipient.</summary>
    public static Recipient From(PhoneNumber number)
    {
        ArgumentNullException.ThrowIfNull(number);
        return new(number);
    }

    /// <summary>An e-mail address as a recipient.</summary>
    public static Recipient From(EmailAddress email)
    {
        ArgumentNullException.ThrowIfNull(email);
        return new(email);
    }

    /// <summary>A Telegram chat as a recipient.</summary>
    public static Recipient From(TelegramChat chat)
    {
        ArgumentNullException.ThrowIfNull(chat);
        return new(RecipientKind.Chat, chat.Value, chat.Value, countryIso: null, chat.ToString());
    }

    /// <summary>A recipient that was validated before it was stored.</summary>
    /// <exception cref="ArgumentException">The three do not fit together; the message does not carry the address.</exception>
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
