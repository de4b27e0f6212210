using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using OtpPipeline.Hosting.Providers.Entries;

namespace OtpPipeline.Hosting.Providers.Presets;

/// <summary>Reads the settings that an entry gives to its preset, and finds every wrong one.</summary>
public static class PresetSettings
{
    private const string FileSuffix = "File";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>The keys of an entry that are settings of its preset.</summary>
    public static IReadOnlyList<string> Keys(Preset preset) =>
        [.. preset.About.Settings.SelectMany(s => s.Value.Secret ? new[] { s.Key, s.Key + FileSuffix } : [s.Key])];

    /// <summary>Returns the value of each setting; empty for one that is optional and not given.</summary>
    /// <param name="preset">Declares the settings.</param>
    /// <param name="entry">Gives their values.</param>
    /// <param name="needed">Settings that this host uses; others are not read, so that no host needs secrets of another.</param>
    /// <param name="problems">Gets a sentence for each wrong setting.</param>
    public static IReadOnlyDictionary<string, string> Read(
        Preset preset, IConfigurationSection entry, Func<string, bool> needed, EntryProblems problems)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, setting) in preset.About.Settings.Where(s => needed(s.Key)))
        {
            var value = setting.Secret
                ? EntryFiles.Value(name, entry[name], entry[name + FileSuffix], problems)
                : entry[name] is { Length: > 0 } given ? given : null;
            if (value is null && setting.Required && entry[name + FileSuffix] is null)
            {
                problems.Add(
                    name, setting.Secret ? $"is missing: give it, or the file that holds it in {name}{FileSuffix}." : "is missing.");
            }
            else if (value is not null && setting.Pattern is { } pattern && !Fits(value, pattern))
            {
                problems.Add(name, setting.Sentence ?? $"must match {pattern}.");
            }

            values[name] = value ?? setting.Default;
        }

        foreach (var group in preset.About.OneOf.Where(g => g.All(needed) && g.Count(n => values[n].Length > 0) != 1))
        {
            problems.Add(group[0], $"or {string.Join(" or ", group.Skip(1))} must be given, and only one of them.");
        }

        return values;
    }

    private static bool Fits(string value, string pattern) =>
        Regex.IsMatch(value, $"^(?:{pattern})\\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, Patience);
}
