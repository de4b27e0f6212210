using System.Text.Json.Serialization;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Lookup;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Pins;

namespace OtpPipeline.Api.Applications;

/// <summary>The applications that a key sees: its own.</summary>
public sealed record ApplicationListAnswer(IReadOnlyList<ApplicationListItem> Data);

/// <summary>An application in the list.</summary>
public sealed record ApplicationListItem
{
    /// <summary>Its place in the list.</summary>
    public required int Id { get; init; }

    public required string ApplicationId { get; init; }

    /// <summary>Always stars: a secret is shown once, when it is made.</summary>
    public required string ApplicationSecret { get; init; }

    public required string ApplicationName { get; init; }

    /// <summary>Separated by blanks.</summary>
    public required string Scopes { get; init; }

    /// <summary>How long an access token is valid, in words.</summary>
    public required string TokenExpiration { get; init; }

    [JsonConverter(typeof(MomentConverter))]
    public required DateTime CreatedAt { get; init; }

    internal static ApplicationListItem From(Application application, ApplicationDirectory directory) => new()
    {
        Id = 1,
        ApplicationId = IdOf(application, directory),
        ApplicationSecret = "********",
        ApplicationName = application.Name,
        Scopes = string.Join(' ', application.Settings.TokenScopes()),
        TokenExpiration = InWords(application.Settings.TokenLifetime),
        CreatedAt = application.CreatedAt,
    };

    /// <summary>The id that its clients use: one that was brought along goes before ours.</summary>
    internal static string IdOf(Application application, ApplicationDirectory directory) =>
        directory.TokenClientsOf(application.Id).FirstOrDefault() ?? application.Id.ToString("D");

    internal static string InWords(int seconds) => seconds switch
    {
        86_400 => "1 day",
        604_800 => "1 week",
        _ => $"{seconds} seconds",
    };
}

/// <summary>An application with its settings.</summary>
public sealed record ApplicationSettingsAnswer
{
    public required string ApplicationId { get; init; }

    public required string Name { get; init; }

    /// <summary>Separated by blanks.</summary>
    public required string Scopes { get; init; }

    /// <summary>How long an access token is valid, in words.</summary>
    public required string TokenExpiration { get; init; }

    public required SettingsAnswer Settings { get; init; }

    internal static ApplicationSettingsAnswer From(Application application, ApplicationDirectory directory) => new()
    {
        ApplicationId = ApplicationListItem.IdOf(application, directory),
        Name = application.Name,
        Scopes = string.Join(' ', application.Settings.TokenScopes()),
        TokenExpiration = ApplicationListItem.InWords(application.Settings.TokenLifetime),
        Settings = new(OtpSettingsAnswer.Create(application.Settings)),
    };
}

/// <summary>Settings by service. Only <c>otp</c> is offered here; the clients' models fail where one of the others is missing.</summary>
public sealed record SettingsAnswer(OtpSettingsAnswer Otp)
{
    public SmsSettings Sms { get; init; } = new();

    public ChannelSettings Viber { get; init; } = new();

    public ChannelSettings Whatsapp { get; init; } = new();

    public MultichannelSettings Multichannel { get; init; } = new();

    public ShortlinkSettings Shortlinks { get; init; } = new(null);

    public AttachmentSettings Attachments { get; init; } = new(null);

    public OptoutSettings Optouts { get; init; } = new(null);

    public LookupSettings Lookup { get; init; } = new(null);
}

/// <summary>The settings of OTPs.</summary>
public sealed record OtpSettingsAnswer
{
    public required string Template { get; init; }

    public required string From { get; init; }

    [WordsOf<PinType>]
    public required string PinType { get; init; }

    public required int PinLength { get; init; }

    public required int Ttl { get; init; }

    public required int MaxAttempts { get; init; }

    public required string? OtpCallback { get; init; }

    /// <summary>The models take no null: where a request must bring its own, the text says so.</summary>
    internal static OtpSettingsAnswer Create(ApplicationSettings settings) => new()
    {
        Template = settings.Template ?? "",
        From = settings.From ?? "(request)",
        PinType = EnumText<PinType>.Lower(settings.PinType ?? Core.Pins.PinType.Numbers),
        PinLength = settings.PinLength,
        Ttl = settings.Ttl,
        MaxAttempts = settings.MaxAttempts,
        OtpCallback = settings.OtpCallbackUrl,
    };
}

/// <summary>Hours without messages; empty.</summary>
public sealed record QuietHours
{
    public string Start { get; init; } = "";

    public string Stop { get; init; } = "";
}

/// <summary>Settings of a channel; empty, since it sends nothing but OTPs here.</summary>
public record ChannelSettings
{
    public string? DlrCallback { get; init; }

    public string? ReceiveCallback { get; init; }

    public QuietHours QuietHours { get; init; } = new();
}

/// <summary>Settings of other SMS; empty.</summary>
public sealed record SmsSettings : ChannelSettings
{
    public string EnforceOriginator { get; init; } = "";

    public Transliteration Transliteration { get; init; } = new();
}

/// <summary>How texts are rewritten; empty.</summary>
public sealed record Transliteration
{
    public string Alphabet { get; init; } = "";

    public bool RemoveEmojis { get; init; }
}

/// <summary>Settings of messages over several channels; empty.</summary>
public sealed record MultichannelSettings : ChannelSettings
{
    public int Ttl { get; init; }

    public bool ExpireAfterTtl { get; init; }
}

/// <summary>Settings of links; empty.</summary>
public sealed record ShortlinkSettings(string? ShortlinksCallback);

/// <summary>Settings of attachments; empty.</summary>
public sealed record AttachmentSettings(string? AttachmentsCallback);

/// <summary>Settings of opt-outs; empty.</summary>
public sealed record OptoutSettings(string? OptoutsCallback);

/// <summary>Settings of look-ups; empty.</summary>
public sealed record LookupSettings(string? LookupCallback);
