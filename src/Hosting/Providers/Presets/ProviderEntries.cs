using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;

namespace OtpPipeline.Hosting.Providers.Presets;

/// <summary>Reads section <c>Providers</c>.</summary>
public static class ProviderEntries
{
    public const string Section = "Providers";

    private const int LongestName = 64;
    private const string PublicUrl = "Api:PublicUrl";
    private const string Variable = Section + "__";

    /// <summary>All entries, each with its problems.</summary>
    public static IReadOnlyList<ProviderEntry> Read(IConfiguration configuration)
    {
        List<ProviderEntry> entries = [.. configuration.GetSection(Section).GetChildren().Select(ProviderEntry.Read)];
        entries.ForEach(CheckName);
        foreach (var entry in entries.Where(e => e.HasReceipts && string.IsNullOrEmpty(configuration[PublicUrl])))
        {
            entry.Problems.Add(
                "Type", $"names a provider that sends receipts, and {PublicUrl} is missing: set it to the address at which the provider " +
                $"reaches the Api, in both hosts, or set {entry.Given.Path}:Receipts to false.");
        }

        return entries;
    }

    /// <summary>Stops the host where channels or prices do not fit the entries.</summary>
    public static IServiceCollection AddEntryChecks(this IServiceCollection services, IReadOnlyList<ProviderEntry> entries) => services
        .AddSingleton<IValidateOptions<DeliveryOptions>>(new PresetChannelsFit(entries))
        .AddSingleton<IValidateOptions<DeliveryOptions>>(new PricedProvidersExist(entries));

    /// <summary>The entries whose providers want to know whether their messages led to a verification.</summary>
    public static FeedbackProviders Feedback(IEnumerable<ProviderEntry> entries) =>
        new(entries.Where(e => e.HasFeedback).Select(e => KeyValuePair.Create(e.Name, e.HasFeedbackOfExpiry)));

    /// <summary>One sentence for each entry that two environment variables of this process name differently.</summary>
    public static IEnumerable<string> NamedTwice() => NamedTwice(Environment.GetEnvironmentVariables().Keys.Cast<string>());

    /// <summary>One sentence for each entry that two environment variables name differently, such as Twilio and twilio.</summary>
    /// <remarks>Keys of the configuration ignore case, so that one of the two would silently replace the other.</remarks>
    public static IEnumerable<string> NamedTwice(IEnumerable<string> variables) =>
        variables.Where(v => v.StartsWith(Variable, StringComparison.OrdinalIgnoreCase))
            .Select(v => v[Variable.Length..].Split("__")[0]).Distinct(StringComparer.Ordinal)
            .GroupBy(n => n, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1)
            .Select(g => $"{Section}:{g.Key} is there twice, as {string.Join(" and ", g)}: names of entries differ in more than case.");

    private static void CheckName(ProviderEntry entry)
    {
        if (entry.Name.Contains(',', StringComparison.Ordinal))
        {
            entry.Problems.Add("Type", "belongs to an entry whose name has a comma: lists of providers are written with commas.");
        }

        if (entry.Name.Length > LongestName || string.Equals(entry.Name, ProviderChoice.Sandbox, StringComparison.OrdinalIgnoreCase))
        {
            entry.Problems.Add(
                "Type", $"belongs to an entry whose name must have 1 to {LongestName} characters and not be {ProviderChoice.Sandbox}.");
        }
    }
}
