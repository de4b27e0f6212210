using System.Collections.Frozen;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Core.Deliveries;

/// <summary>A route with its conditions parsed.</summary>
public sealed class DeliveryRoute
{
    /// <summary>Maximum length of a name.</summary>
    public const int MaxName = 64;

    /// <summary>Name of a channel's only route, where <see cref="ChannelOptions.Provider"/> or the sandbox stands for it.</summary>
    public const string Default = "default";

    private readonly FrozenSet<string> _countries;
    private readonly IReadOnlyList<string> _prefixes;
    private readonly FrozenSet<Guid> _applications;
    private readonly IReadOnlyList<string> _locales;
    private readonly FrozenSet<LineType> _lineTypes;

    public DeliveryRoute(DeliveryRouteOptions options)
    {
        Name = options.Name;
        Providers = [.. options.Providers, .. options.Weights.Keys];
        Weights = options.Weights.Count == 0 ? null : options.Weights.ToFrozenDictionary(StringComparer.Ordinal);
        _countries = options.Countries.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        _prefixes = [.. options.Prefixes];
        _applications = options.Applications.Select(Guid.Parse).ToFrozenSet();
        _locales = [.. options.Locales.Select(l => l.Replace('_', '-'))];
        _lineTypes = options.LineTypes.Select(EnumText<LineType>.Parse).ToFrozenSet();
    }

    public string Name { get; }

    /// <summary>In the order in which they are asked, unless they have weights.</summary>
    public IReadOnlyList<string> Providers { get; }

    /// <summary>The share of each provider; null where the order counts.</summary>
    public IReadOnlyDictionary<string, int>? Weights { get; }

    /// <summary>A route of one provider without conditions.</summary>
    public static DeliveryRoute Of(string name, string provider) => new(new() { Name = name, Providers = { provider } });

    /// <summary>Whether the OTP meets every condition. A condition on a phone number fits no other recipient.</summary>
    public bool Fits(Recipient recipient, Guid applicationId, string? locale) =>
        (_countries.Count == 0 || (recipient.CountryIso is { } country && _countries.Contains(country)))
        && (_prefixes.Count == 0
            || (recipient.Phone is { } phone && _prefixes.Any(p => phone.E164.StartsWith(p, StringComparison.Ordinal))))
        && (_applications.Count == 0 || _applications.Contains(applicationId))
        && (_locales.Count == 0 || (locale is not null && _locales.Any(l => FitsLocale(l, locale.Replace('_', '-')))))
        && (_lineTypes.Count == 0 || (recipient.Phone?.Type is { } type && _lineTypes.Contains(type)));

    private static bool FitsLocale(string wanted, string locale) =>
        locale.StartsWith(wanted, StringComparison.OrdinalIgnoreCase) && (locale.Length == wanted.Length || locale[wanted.Length] == '-');
}
