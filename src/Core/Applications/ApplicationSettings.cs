using System.Text.Json.Serialization;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Rules;

namespace OtpPipeline.Core.Applications;

/// <summary>
/// What a request leaves open comes from here; stored as JSON beside the application. <see cref="SettingRules"/> checks it.
/// </summary>
public sealed record ApplicationSettings
{
    /// <summary>Sender as the recipient sees it; null makes the request name one.</summary>
    public string? From { get; init; } = "InfoText";

    /// <summary>Text with {{pin}}; null makes the request bring one.</summary>
    public string? Template { get; init; } = "Your verification code is {{pin}}";

    /// <summary>numbers, letters or alphanumeric; null makes the request name one.</summary>
    public PinType? PinType { get; init; } = Pins.PinType.Numbers;

    public int PinLength { get; init; } = 6;

    /// <summary>The characters of a PIN where the request names no pinType; null for those of <see cref="PinType"/>.</summary>
    public string? PinAlphabet { get; init; }

    /// <summary>Life in seconds. NIST SP 800-63B asks for at most 600.</summary>
    public int Ttl { get; init; } = 300;

    /// <summary>Guesses allowed.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>The delivery plan of a request that names no channel; empty for sms.</summary>
    public Channel[] Plan { get; init; } = [];

    /// <summary>Seconds that a further step of a plan waits, unless the request says it.</summary>
    public int PlanWait { get; init; } = 60;

    /// <summary>Seconds between two sends of one OTP that its user may ask for.</summary>
    public int ResendCooldown { get; init; } = 30;

    /// <summary>How often an OTP may be sent again.</summary>
    public int MaxResends { get; init; } = 3;

    /// <summary>Which PIN a resend sends.</summary>
    public ResendPolicy ResendPolicy { get; init; }

    /// <summary>A request to resend may name another policy.</summary>
    public bool ResendPolicyByRequest { get; init; }

    /// <summary>What access tokens of the application may do, of <see cref="Applications.Scopes.All"/>; empty for all.</summary>
    public string[] Scopes { get; init; } = [];

    /// <summary>How long an access token is valid, in seconds; a day unless given.</summary>
    public int TokenLifetime { get; init; } = 86_400;

    /// <summary>Where changes of status are posted; null for nowhere. Stored beside the JSON, encrypted.</summary>
    [JsonIgnore]
    public string? OtpCallbackUrl { get; init; }

    /// <summary>
    /// Which changes are posted there: status (default), or all, which adds those of deliveries, so that the sequences have no gap.
    /// </summary>
    public CallbackEvents CallbackEvents { get; init; } = CallbackEvents.Status;

    /// <summary>Which changes are published as events; all unless given. Callbacks do not depend on it.</summary>
    public PublishedEvents Events { get; init; } = PublishedEvents.All;

    public ApplicationLimits Limits { get; init; } = new();

    /// <summary>What access tokens may do.</summary>
    public IReadOnlyList<string> TokenScopes() => Scopes.Length > 0 ? Scopes : Applications.Scopes.All;
}
