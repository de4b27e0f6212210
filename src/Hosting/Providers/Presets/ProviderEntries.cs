using Microsoft.Extensions.Configuration;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;

namespace OtpPipeline.Hosting.Providers.Presets;

/// <summary>Reads section <c>Providers</c>.</summary>
public static class ProviderEntries
{
    public const string Section = "Providers";

    private const string PublicUrl = "Api:PublicUrl";
    private const string Variable = Section + "__";

    /// <summary>All entries, each with its problems.</summary>
    public static IReadOnlyList<ProviderEntry> Read(IConfiguration configuration)
    {
        List<ProviderEntry> entries = [.. configuration.GetSection(Section).GetChildren().Select(ProviderEntry.Read)];
        foreach (var entry in entries.Where(e => e.HasReceipts && string.IsNullOrEmpty(configuration[PublicUrl])))
        {
            entry.Problems.Add(
                "Type", $"names a provider that sends receipts, and {PublicUrl} is missing: set it to the address at which the provider " +
                $"reaches the Api, in both hosts, or set {entry.Given.Path}:Receipts to false.");
        }

        return entries;
    }

    /// <summary>The entries whose providers want to know whether their messages led to a verification.</summary>
    public static FeedbackProviders Feedback(IEnumerable<ProviderEntry> entries) =>
        new(entries.Where(e => e.HasFeedback).Select(e => KeyValuePair.Create(e.Name, e.HasFeedbackOfExpiry)));

    /// <summary>One sentence for each entry that two environment variables name differently, such as Twilio and twilio.</summary>
    /// <remarks>Keys of the configuration ignore case, so that one of the two would silently replace the other.</remarks>
    public static IEnumerable<string> NamedTwice(IEnumerable<string> variables) =>
        variables.Where(v => v.StartsWith(Variable, StringComparison.OrdinalIgnoreCase))
            .Select(v => v[Variable.Length..].Split("__")[0]).Distinct(StringComparer.Ordinal)
            .GroupBy(n => n, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1)
            .Select(g => $"{Section}:{g.Key} is there twice, as {string.Join(" and ", g)}: names of entries differ in more than case.");
}
