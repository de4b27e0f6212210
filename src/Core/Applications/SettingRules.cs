using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Messages;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Rules;

namespace OtpPipeline.Core.Applications;

/// <summary>Rules for settings that only an application has; those that a request may also set are in <see cref="OptionRules"/>.</summary>
public static class SettingRules
{
    public const int MaxName = 100;
    public const int MinTokenLifetime = 60;
    public const int MaxTokenLifetime = 7 * DayInSeconds;
    public const int MaxResendCooldown = OptionRules.MaxTtl;
    public const int MaxResends = 10;
    public const int MaxSends = 100_000;
    public const int MaxFailedGuesses = 100_000;
    public const int MaxRetryPeriod = DayInSeconds;
    public const int MinCoolOff = 60;
    public const int MaxCoolOff = 30 * DayInSeconds;
    public const int MaxRequestsPerMinute = 10_000_000;
    public const decimal MaxSpendingPerDay = 1_000_000_000;
    private const int DayInSeconds = 86_400;

    private static readonly string EventNames = string.Join(
        ", ", Enum.GetValues<PublishedEvents>().Select(EnumText<PublishedEvents>.Lower));

    public static readonly TextRule Name = new(1, MaxName);

    /// <summary>Seconds.</summary>
    public static readonly NumberRule TokenLifetime = new(MinTokenLifetime, MaxTokenLifetime);

    /// <summary>Seconds.</summary>
    public static readonly NumberRule ResendCooldown = new(0, MaxResendCooldown);

    public static readonly NumberRule Resends = new(0, MaxResends);

    /// <summary>Per hour, and per 24 hours.</summary>
    public static readonly NumberRule Sends = new(1, MaxSends);

    /// <summary>Seconds.</summary>
    public static readonly NumberRule RetryPeriod = new(0, MaxRetryPeriod);

    public static readonly NumberRule FailedGuesses = new(1, MaxFailedGuesses);

    /// <summary>Seconds.</summary>
    public static readonly NumberRule CoolOff = new(MinCoolOff, MaxCoolOff);

    public static readonly NumberRule RequestsPerMinute = new(1, MaxRequestsPerMinute);

    /// <summary>Returns every invalid setting by its key, with the error.</summary>
    public static IEnumerable<(string Key, string Problem)> Validate(ApplicationSettings settings)
    {
        var limits = settings.Limits;
        (string Key, string? Problem)[] all =
        [
            ("From", Problem(settings.From, OptionRules.From)),
            ("Template", settings.Template is { } template ? TemplateProblem(template) : null),
            ("PinLength", Problem(settings.PinLength, OptionRules.PinLength)),
            ("PinAlphabet", Problem(settings.PinAlphabet, OptionRules.PinAlphabet)),
            ("Ttl", Problem(settings.Ttl, OptionRules.Ttl)),
            ("MaxAttempts", Problem(settings.MaxAttempts, OptionRules.Attempts)),
            ("Plan", settings.Plan.Length > OptionRules.MaxSteps ? $"must name at most {OptionRules.MaxSteps} channels" : null),
            ("PlanWait", Problem(settings.PlanWait, OptionRules.StepWait)),
            ("ResendCooldown", Problem(settings.ResendCooldown, ResendCooldown)),
            ("MaxResends", Problem(settings.MaxResends, Resends)),
            ("OtpCallbackUrl", settings.OtpCallbackUrl?.Length > OptionRules.MaxCallbackUrl
                ? $"must have at most {OptionRules.MaxCallbackUrl} characters"
                : null),
            ("Events", Enum.IsDefined(settings.Events) ? null : $"must be one of: {EventNames}"),
            ("Scopes", settings.Scopes.All(Scopes.IsKnown) ? null : $"must be of: {string.Join(", ", Scopes.All)}"),
            ("TokenLifetime", Problem(settings.TokenLifetime, TokenLifetime)),
            ("Limits:SendsPerHour", Problem(limits.SendsPerHour, Sends)),
            ("Limits:SendsPerDay", Problem(limits.SendsPerDay, Sends)),
            ("Limits:RetryPeriod", Problem(limits.RetryPeriod, RetryPeriod)),
            ("Limits:FailedGuesses", Problem(limits.FailedGuesses, FailedGuesses)),
            ("Limits:CoolOff", CoolOff.Allows(limits.CoolOff.TotalSeconds)
                ? null
                : $"must be from {TimeSpan.FromSeconds(CoolOff.Min)} to {TimeSpan.FromSeconds(CoolOff.Max)}"),
            ("Limits:AllowedCountries", Array.Find(limits.AllowedCountries, c => !PhoneNumber.IsKnownCountry(c)) is { } unknown
                ? $"names '{unknown}', which is no country (two letters, such as FR)"
                : null),
            ("Limits:SpendingPerDay", limits.SpendingPerDay is < 0 or > MaxSpendingPerDay
                ? $"must be from 0 to {MaxSpendingPerDay}"
                : null),
            ("Limits:RequestsPerMinute", Problem(limits.RequestsPerMinute, RequestsPerMinute)),
        ];
        return all.Where(s => s.Problem is not null).Select(s => (s.Key, s.Problem!));
    }

    private static string? Problem(int value, NumberRule rule) => rule.Allows(value) ? null : rule.Expected;

    private static string? Problem(string? text, TextRule rule) => text is null || rule.Allows(text) ? null : rule.Expected;

    private static string? TemplateProblem(string template) =>
        !MessageText.HasPlaceholder(template) ? $"does not contain the placeholder {MessageText.Placeholder}"
        : MessageText.HasUnknownPlaceholder(template)
            ? $"contains an unknown placeholder: beside {MessageText.Placeholder} there are {MessageText.OtherPlaceholders}"
        : Problem(template, OptionRules.Template);
}
