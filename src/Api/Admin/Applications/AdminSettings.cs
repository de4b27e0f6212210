using System.ComponentModel.DataAnnotations;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Rules;

namespace OtpPipeline.Api.Admin.Applications;

/// <summary>The OTP settings of an application; in a change every field may be missing.</summary>
public sealed record AdminSettings
{
    private static readonly TextRule CallbackUrl = new(
        1, OptionRules.MaxCallbackUrl,
        $"must be null or an absolute http or https URL without credentials, of up to {OptionRules.MaxCallbackUrl} characters");

    /// <summary>Sender as the recipient sees it; null makes the request name one.</summary>
    [Length(OptionRules.MinFrom, OptionRules.MaxFrom)]
    public string? From { get; init; }

    /// <summary>Text with {{pin}}; it may contain {{app}}, {{minutes}} and {{name}}. null makes the request bring one.</summary>
    [MaxLength(OptionRules.MaxTemplate)]
    public string? Template { get; init; }

    /// <summary>Characters of the PIN; null makes the request name them.</summary>
    [WordsOf<PinType>]
    public string? PinType { get; init; }

    /// <summary>Number of characters.</summary>
    [Range(OptionRules.MinPinLength, OptionRules.MaxPinLength)]
    public int PinLength { get; init; }

    /// <summary>Different characters of A to Z and 0 to 9, where the request names no pinType; null for those of pinType.</summary>
    [Length(OptionRules.MinAlphabet, OptionRules.MaxAlphabet)]
    public string? PinAlphabet { get; init; }

    /// <summary>Life in seconds.</summary>
    [Range(OptionRules.MinTtl, OptionRules.MaxTtl)]
    public int Ttl { get; init; }

    /// <summary>Guesses allowed.</summary>
    [Range(OptionRules.MinAttempts, OptionRules.MaxAttempts)]
    public int MaxAttempts { get; init; }

    /// <summary>The delivery plan of requests that name no channel, 1 to 6 steps.</summary>
    [WordsOf<Channel>]
    public IReadOnlyList<string> Plan { get; init; } = [];

    /// <summary>Seconds that a further step of a plan waits, unless the request says it.</summary>
    [Range(OptionRules.MinStepWait, OptionRules.MaxStepWait)]
    public int PlanWait { get; init; }

    /// <summary>Seconds after a send in which no resend is accepted.</summary>
    [Range(0, SettingRules.MaxResendCooldown)]
    public int ResendCooldown { get; init; }

    /// <summary>How often an OTP may be sent again.</summary>
    [Range(0, SettingRules.MaxResends)]
    public int MaxResends { get; init; }

    /// <summary>Which PIN a resend sends: the same, a new one, or a new one with the PIN before valid too.</summary>
    [WordsOf<ResendPolicy>]
    public string ResendPolicy { get; init; } = "";

    /// <summary>Whether a request to resend may name another policy.</summary>
    public bool ResendPolicyByRequest { get; init; }

    /// <summary>Where changes of status are posted; null for nowhere.</summary>
    public string? OtpCallbackUrl { get; init; }

    /// <summary>status, or all, which adds the changes of deliveries.</summary>
    [WordsOf<CallbackEvents>]
    public string CallbackEvents { get; init; } = "";

    /// <summary>Which changes are published on the bus: none, status, or all, which adds those of deliveries.</summary>
    [WordsOf<PublishedEvents>]
    public string Events { get; init; } = "";

    /// <summary>What access tokens may do.</summary>
    [AllowedValues(Core.Applications.Scopes.Otp, Core.Applications.Scopes.Sms)]
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>How long an access token is valid, in seconds.</summary>
    [Range(SettingRules.MinTokenLifetime, SettingRules.MaxTokenLifetime)]
    public int TokenLifetime { get; init; }

    public AdminLimits Limits { get; init; } = new();

    internal static AdminSettings Create(ApplicationSettings settings) => new()
    {
        From = settings.From,
        Template = settings.Template,
        PinType = settings.PinType is { } type ? EnumText<PinType>.Lower(type) : null,
        PinLength = settings.PinLength,
        PinAlphabet = settings.PinAlphabet,
        Ttl = settings.Ttl,
        MaxAttempts = settings.MaxAttempts,
        Plan = settings.Plan.Length > 0 ? [.. settings.Plan.Select(c => c.Text())] : [Channel.Sms.Text()],
        PlanWait = settings.PlanWait,
        ResendCooldown = settings.ResendCooldown,
        MaxResends = settings.MaxResends,
        ResendPolicy = EnumText<ResendPolicy>.Lower(settings.ResendPolicy),
        ResendPolicyByRequest = settings.ResendPolicyByRequest,
        OtpCallbackUrl = settings.OtpCallbackUrl,
        CallbackEvents = EnumText<CallbackEvents>.Lower(settings.CallbackEvents),
        Events = EnumText<PublishedEvents>.Lower(settings.Events),
        Scopes = settings.TokenScopes(),
        TokenLifetime = settings.TokenLifetime,
        Limits = AdminLimits.From(settings.Limits),
    };

    /// <summary>The settings that hold now, with the fields of a body over them.</summary>
    internal static ApplicationSettings Read(FieldReader fields, ApplicationSettings now, CallbackOptions callbacks)
    {
        var read = now with
        {
            From = fields.Text("from", now.From, OptionRules.From),
            Template = fields.Text("template", now.Template, OptionRules.Template),
            PinType = fields.Word("pinType", now.PinType, nullable: true),
            PinLength = fields.Number("pinLength", now.PinLength, OptionRules.PinLength),
            PinAlphabet = fields.Text("pinAlphabet", now.PinAlphabet, OptionRules.PinAlphabet),
            Ttl = fields.Number("ttl", now.Ttl, OptionRules.Ttl),
            MaxAttempts = fields.Number("maxAttempts", now.MaxAttempts, OptionRules.Attempts),
            Plan = ReadPlan(fields, now.Plan),
            PlanWait = fields.Number("planWait", now.PlanWait, OptionRules.StepWait),
            ResendCooldown = fields.Number("resendCooldown", now.ResendCooldown, SettingRules.ResendCooldown),
            MaxResends = fields.Number("maxResends", now.MaxResends, SettingRules.Resends),
            ResendPolicy = fields.Word<ResendPolicy>("resendPolicy", now.ResendPolicy)!.Value,
            ResendPolicyByRequest = fields.Flag("resendPolicyByRequest", now.ResendPolicyByRequest),
            OtpCallbackUrl = fields.Text("otpCallbackUrl", now.OtpCallbackUrl, CallbackUrl, problem: u => CallbackProblem(u, callbacks)),
            CallbackEvents = fields.Word<CallbackEvents>("callbackEvents", now.CallbackEvents)!.Value,
            Events = fields.Word<PublishedEvents>("events", now.Events)!.Value,
            Scopes = fields.Texts(
                "scopes", now.Scopes, 1, Core.Applications.Scopes.All.Count, Core.Applications.Scopes.IsKnown,
                Core.Applications.Scopes.Expected),
            TokenLifetime = fields.Number("tokenLifetime", now.TokenLifetime, SettingRules.TokenLifetime),
            Limits = fields.Object("limits") is { } limits ? AdminLimits.Read(limits, now.Limits) : now.Limits,
        };
        fields.End();
        return read;
    }

    private static string? CallbackProblem(string url, CallbackOptions callbacks) =>
        CallbackAddress.Check(url, callbacks.Allowed, out var refused) ? null
        : refused is { } network ? $"leads into {network}, which callbacks may not reach unless Callbacks:AllowedNetworks names it"
        : CallbackUrl.Expected;

    private static Channel[] ReadPlan(FieldReader fields, Channel[] now)
    {
        var words = fields.Texts(
            "plan", [.. now.Select(c => c.Text())], 1, OptionRules.MaxSteps, t => EnumText<Channel>.TryParse(t, out _),
            $"must be a list of 1 to {OptionRules.MaxSteps} of: {Channels.Names}", distinct: false);
        return [.. words.Select(EnumText<Channel>.Parse)];
    }
}

/// <summary>What keeps guessers and pumpers out.</summary>
public sealed record AdminLimits
{
    /// <summary>OTPs per recipient in any hour.</summary>
    [Range(1, SettingRules.MaxSends)]
    public int SendsPerHour { get; init; }

    /// <summary>OTPs per recipient in any 24 hours.</summary>
    [Range(1, SettingRules.MaxSends)]
    public int SendsPerDay { get; init; }

    /// <summary>Whether mary+shop@ and mary@ are counted together.</summary>
    public bool FoldPlusTags { get; init; }

    /// <summary>Whether m.ary@ and mary@ are counted together.</summary>
    public bool FoldDots { get; init; }

    /// <summary>Seconds between two OTPs for one recipient.</summary>
    [Range(0, SettingRules.MaxRetryPeriod)]
    public int RetryPeriod { get; init; }

    /// <summary>Wrong guesses in a row per recipient before the cool-off.</summary>
    [Range(1, SettingRules.MaxFailedGuesses)]
    public int FailedGuesses { get; init; }

    /// <summary>Seconds of the cool-off.</summary>
    [Range(SettingRules.MinCoolOff, SettingRules.MaxCoolOff)]
    public int CoolOff { get; init; }

    /// <summary>Countries (two letters) whose numbers are served; empty serves all.</summary>
    public IReadOnlyList<string> AllowedCountries { get; init; } = [];

    /// <summary>Whether premium-rate and shared-cost numbers are served on sms and call.</summary>
    public bool AllowPremiumNumbers { get; init; }

    /// <summary>Cost that may be accepted per day (UTC); null for no limit.</summary>
    public decimal? SpendingPerDay { get; init; }

    /// <summary>Requests per minute and key, over all processes.</summary>
    [Range(1, SettingRules.MaxRequestsPerMinute)]
    public int RequestsPerMinute { get; init; }

    internal static AdminLimits From(ApplicationLimits limits) => new()
    {
        SendsPerHour = limits.SendsPerHour,
        SendsPerDay = limits.SendsPerDay,
        FoldPlusTags = limits.FoldPlusTags,
        FoldDots = limits.FoldDots,
        RetryPeriod = limits.RetryPeriod,
        FailedGuesses = limits.FailedGuesses,
        CoolOff = (int)limits.CoolOff.TotalSeconds,
        AllowedCountries = limits.AllowedCountries,
        AllowPremiumNumbers = limits.AllowPremiumNumbers,
        SpendingPerDay = limits.SpendingPerDay,
        RequestsPerMinute = limits.RequestsPerMinute,
    };

    internal static ApplicationLimits Read(FieldReader fields, ApplicationLimits now)
    {
        var read = now with
        {
            SendsPerHour = fields.Number("sendsPerHour", now.SendsPerHour, SettingRules.Sends),
            SendsPerDay = fields.Number("sendsPerDay", now.SendsPerDay, SettingRules.Sends),
            FoldPlusTags = fields.Flag("foldPlusTags", now.FoldPlusTags),
            FoldDots = fields.Flag("foldDots", now.FoldDots),
            RetryPeriod = fields.Number("retryPeriod", now.RetryPeriod, SettingRules.RetryPeriod),
            FailedGuesses = fields.Number("failedGuesses", now.FailedGuesses, SettingRules.FailedGuesses),
            CoolOff = TimeSpan.FromSeconds(fields.Number("coolOff", (int)now.CoolOff.TotalSeconds, SettingRules.CoolOff)),
            AllowedCountries = fields.Texts(
                "allowedCountries", now.AllowedCountries, 0, 300, PhoneNumber.IsKnownCountry,
                "must be a list of countries of two letters, such as FR"),
            AllowPremiumNumbers = fields.Flag("allowPremiumNumbers", now.AllowPremiumNumbers),
            SpendingPerDay = fields.Amount("spendingPerDay", now.SpendingPerDay, SettingRules.MaxSpendingPerDay),
            RequestsPerMinute = fields.Number("requestsPerMinute", now.RequestsPerMinute, SettingRules.RequestsPerMinute),
        };
        fields.End();
        return read;
    }
}
