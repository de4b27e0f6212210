namespace OtpPipeline.Core.Applications.Limits;

/// <summary>What keeps guessers and pumpers out; counted in the database, so it holds over all processes.</summary>
public sealed record ApplicationLimits
{
    /// <summary>OTPs per recipient in any hour.</summary>
    public int SendsPerHour { get; init; } = 5;

    /// <summary>OTPs per recipient in any 24 hours.</summary>
    public int SendsPerDay { get; init; } = 10;

    /// <summary>mary+shop@ and mary@ are counted together, as one mailbox takes both with most hosts.</summary>
    public bool FoldPlusTags { get; init; } = true;

    /// <summary>m.ary@ and mary@ are counted together, as one mailbox takes both with Gmail.</summary>
    public bool FoldDots { get; init; }

    /// <summary>Seconds between two OTPs for one recipient; 0 for no pause.</summary>
    public int RetryPeriod { get; init; }

    /// <summary>
    /// Wrong guesses in a row per recipient, carried across OTPs, before the cool-off. NIST SP 800-63B asks for at most 100.
    /// </summary>
    public int FailedGuesses { get; init; } = 100;

    /// <summary>How long nothing is sent to the recipient and no guess is evaluated.</summary>
    public TimeSpan CoolOff { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Countries (ISO 3166-1 alpha-2) whose numbers are served; empty serves all.</summary>
    public string[] AllowedCountries { get; init; } = [];

    /// <summary>Premium-rate and shared-cost numbers are served on sms and call.</summary>
    public bool AllowPremiumNumbers { get; init; }

    /// <summary>Cost that may be accepted per day (UTC); null for no limit.</summary>
    public decimal? SpendingPerDay { get; init; }

    /// <summary>Requests over REST and commands over the bus a minute, together.</summary>
    public int RequestsPerMinute { get; init; } = 6_000;

    /// <summary>Sliding windows of the Perfumerlabs compatible API, by channel and by what is counted; set through its own calls.</summary>
    public SendLimit[] SendLimits { get; init; } = [];
}
