using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Core.Applications;

/// <summary>What a request leaves open comes from here; stored as JSON beside the application.</summary>
public sealed record ApplicationSettings
{
    /// <summary>Sender as the recipient sees it, 3 to 15 characters; null makes the request name one.</summary>
    [StringLength(15, MinimumLength = 3)]
    public string? From { get; init; } = "InfoText";

    /// <summary>Text with {{pin}}; null makes the request bring one.</summary>
    [StringLength(1600)]
    public string? Template { get; init; } = "Your verification code is {{pin}}";

    /// <summary>numbers, letters or alphanumeric; null makes the request name one.</summary>
    public PinType? PinType { get; init; } = Otps.PinType.Numbers;

    /// <summary>4 to 10 characters.</summary>
    [Range(4, 10)]
    public int PinLength { get; init; } = 6;

    /// <summary>
    /// The characters of a PIN where the request names no pinType: 10 to 36 different ones of A to Z and 0 to 9; null for those of
    /// <see cref="PinType"/>.
    /// </summary>
    [StringLength(36, MinimumLength = 10), RegularExpression("[A-Z0-9]*")]
    public string? PinAlphabet { get; init; }

    /// <summary>Life in seconds, 60 to 1800. NIST SP 800-63B asks for at most 600.</summary>
    [Range(60, 1800)]
    public int Ttl { get; init; } = 300;

    /// <summary>Guesses allowed, 1 to 10.</summary>
    [Range(1, 10)]
    public int MaxAttempts { get; init; } = 5;

    /// <summary>The channel of a request that names none: one step, since a second is not sent yet; empty for sms.</summary>
    [MaxLength(1)]
    public Channel[] Plan { get; init; } = [];

    /// <summary>What access tokens of the application may do, of <see cref="Applications.Scopes.All"/>; empty for all.</summary>
    public string[] Scopes { get; init; } = [];

    /// <summary>How long an access token is valid, in seconds, 60 to 604800 (a week); a day unless given.</summary>
    [Range(60, 604_800)]
    public int TokenLifetime { get; init; } = 86_400;

    /// <summary>Where changes of status are posted; null for nowhere. Stored beside the JSON, encrypted.</summary>
    [StringLength(2048), JsonIgnore]
    public string? OtpCallbackUrl { get; init; }

    /// <summary>Which changes are posted there: status (default), or all, which adds those of deliveries, so that the sequences have no gap.</summary>
    public CallbackEvents CallbackEvents { get; init; } = CallbackEvents.Status;

    public ApplicationLimits Limits { get; init; } = new();

    /// <summary>What access tokens may do.</summary>
    public IReadOnlyList<string> TokenScopes() => Scopes.Length > 0 ? Scopes : Applications.Scopes.All;
}

/// <summary>What keys and access tokens may be allowed to do.</summary>
public static class Scopes
{
    public const string Otp = "otp";

    /// <summary>Known because the clients of the native dialect ask for it; nothing needs it.</summary>
    public const string Sms = "sms";

    public static readonly IReadOnlyList<string> All = [Otp, Sms];
}

/// <summary>What keeps guessers and pumpers out; counted in the database, so it holds over all processes.</summary>
public sealed record ApplicationLimits
{
    /// <summary>OTPs per recipient in any hour.</summary>
    [Range(1, 100_000)]
    public int SendsPerHour { get; init; } = 5;

    /// <summary>OTPs per recipient in any 24 hours.</summary>
    [Range(1, 100_000)]
    public int SendsPerDay { get; init; } = 10;

    /// <summary>mary+shop@ and mary@ are counted together, as one mailbox takes both with most hosts.</summary>
    public bool FoldPlusTags { get; init; } = true;

    /// <summary>m.ary@ and mary@ are counted together, as one mailbox takes both with Gmail.</summary>
    public bool FoldDots { get; init; }

    /// <summary>Seconds between two OTPs for one recipient; 0 for no pause.</summary>
    [Range(0, 86_400)]
    public int RetryPeriod { get; init; }

    /// <summary>Wrong guesses in a row per recipient, carried across OTPs, before the cool-off. NIST SP 800-63B asks for at most 100.</summary>
    [Range(1, 100_000)]
    public int FailedGuesses { get; init; } = 100;

    /// <summary>How long nothing is sent to the recipient and no guess is evaluated.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan CoolOff { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Countries (ISO 3166-1 alpha-2) whose numbers are served; empty serves all.</summary>
    public string[] AllowedCountries { get; init; } = [];

    /// <summary>Premium-rate and shared-cost numbers are served on sms and call.</summary>
    public bool AllowPremiumNumbers { get; init; }

    /// <summary>Cost that may be accepted per day (UTC); null for no limit.</summary>
    [Range(0, 1_000_000_000)]
    public decimal? SpendingPerDay { get; init; }

    /// <summary>Requests over REST and commands over the bus a minute, together.</summary>
    [Range(1, 10_000_000)]
    public int RequestsPerMinute { get; init; } = 6_000;

    /// <summary>Sliding windows of the Perfumerlabs dialect, by channel and by what is counted; set through its own calls.</summary>
    public SendLimit[] SendLimits { get; init; } = [];
}

/// <summary>What a window counts.</summary>
public enum SendCount
{
    /// <summary>Sends to one recipient.</summary>
    PerRecipient,

    /// <summary>Sends that were asked for from one remote address, as the caller names it.</summary>
    PerAddress,
}

/// <summary>A set of windows.</summary>
/// <param name="Channel">The channel whose sends count.</param>
/// <param name="Count">What is counted.</param>
/// <param name="Windows">At most ten.</param>
public sealed record SendLimit(Channel Channel, SendCount Count, SendWindow[] Windows);

/// <summary>So many accepted sends in so many minutes.</summary>
/// <param name="Minutes">Length of the sliding window, 1 to 10080 (a week).</param>
/// <param name="Rate">Sends in it, 1 to 100000.</param>
public sealed record SendWindow(int Minutes, int Rate);
