using System.Text.RegularExpressions;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Core.Deliveries;

/// <summary>A route of a channel: which OTPs it takes, and which providers it asks. An empty condition fits every OTP.</summary>
public sealed partial class DeliveryRouteOptions
{
    /// <summary>Maximum number of providers of a route.</summary>
    public const int MaxProviders = 10;

    /// <summary>Maximum weight of a provider.</summary>
    public const int MaxWeight = 1000;

    /// <summary>Name, unique within the channel.</summary>
    public string Name { get; set; } = "";

    /// <summary>Countries of the phone number (ISO 3166-1 alpha-2).</summary>
    public IList<string> Countries { get; init; } = [];

    /// <summary>First digits of the phone number, with the calling code: +4479.</summary>
    public IList<string> Prefixes { get; init; } = [];

    /// <summary>Ids of applications.</summary>
    public IList<string> Applications { get; init; } = [];

    /// <summary>Locales of the request; a language alone, such as pt, fits all of its regions.</summary>
    public IList<string> Locales { get; init; } = [];

    /// <summary>Kinds of line: mobile, fixed_line_or_mobile, voip and so on.</summary>
    public IList<string> LineTypes { get; init; } = [];

    /// <summary>Providers in the order in which they are asked.</summary>
    public IList<string> Providers { get; init; } = [];

    /// <summary>
    /// Instead of <see cref="Providers"/>: the share of each provider. One with weight 0 is asked only when no other can send.
    /// </summary>
    public IDictionary<string, int> Weights { get; init; } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>The providers of either kind.</summary>
    public IEnumerable<string> AllProviders() => Providers.Concat(Weights.Keys);

    internal IEnumerable<string> Problems(string key)
    {
        if (!NameForm().IsMatch(Name))
        {
            yield return $"{key}:Name must have 1 to {DeliveryRoute.MaxName} letters, digits, dots, dashes or underscores.";
        }
        else if (string.Equals(Name, ProviderChoice.Sandbox, StringComparison.OrdinalIgnoreCase))
        {
            yield return $"{key}:Name must not be {ProviderChoice.Sandbox}: that is the route of the sandbox.";
        }

        if (Providers.Count > 0 && Weights.Count > 0)
        {
            yield return $"{key} has Providers and Weights: keep Providers for a fixed order, or Weights for shares.";
        }
        else if (Providers.Count + Weights.Count is 0 or > MaxProviders)
        {
            yield return $"{key} must name 1 to {MaxProviders} providers in Providers or in Weights.";
        }

        if (Providers.GroupBy(p => p, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            yield return $"{key}:Providers names \"{twice.Key}\" twice.";
        }

        foreach (var (provider, weight) in Weights.Where(w => w.Value is < 0 or > MaxWeight))
        {
            yield return $"{key}:Weights:{provider} is {weight}: it must be from 0 to {MaxWeight}.";
        }

        if (Weights.Count > 0 && Weights.Values.All(w => w == 0))
        {
            yield return $"{key}:Weights must give at least one provider a weight above 0.";
        }

        foreach (var problem in Conditions())
        {
            yield return $"{key}:{problem}";
        }
    }

    private IEnumerable<string> Conditions() =>
        Countries.Where(c => !PhoneNumber.IsKnownCountry(c)).Select(
                c => $"Countries names \"{c}\", which is no country (two letters, such as FR).")
            .Concat(Prefixes.Where(p => !PrefixForm().IsMatch(p)).Select(
                p => $"Prefixes has \"{p}\": write a plus sign and 1 to 15 digits."))
            .Concat(Applications.Where(a => !Guid.TryParse(a, out _)).Select(
                a => $"Applications has \"{a}\", which is no application's id (UUID)."))
            .Concat(Locales.Where(l => !LocaleForm().IsMatch(l)).Select(
                l => $"Locales has \"{l}\": write a language tag such as pt or pt-BR."))
            .Concat(LineTypes.Where(t => !EnumText<LineType>.TryParse(t, out _)).Select(
                t => $"LineTypes has \"{t}\": use {string.Join(", ", Enum.GetValues<LineType>().Select(EnumText<LineType>.Lower))}."));

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}\z", RegexOptions.None, 1000)]
    private static partial Regex NameForm();

    [GeneratedRegex(@"^\+[1-9][0-9]{0,14}\z", RegexOptions.None, 1000)]
    private static partial Regex PrefixForm();

    [GeneratedRegex(@"^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*\z", RegexOptions.None, 1000)]
    private static partial Regex LocaleForm();
}
