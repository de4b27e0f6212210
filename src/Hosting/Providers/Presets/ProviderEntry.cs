using Microsoft.Extensions.Configuration;
using OtpPipeline.Hosting.Providers.Entries;

namespace OtpPipeline.Hosting.Providers.Presets;

/// <summary>An entry of section <c>Providers</c>, completed with the keys of its preset.</summary>
/// <param name="Name">The entry's name, which channels and routes refer to.</param>
/// <param name="Type">http or smtp in lower case; empty when it is wrong.</param>
/// <param name="Section">All its keys, without the settings of the preset.</param>
/// <param name="Preset">Null without one.</param>
/// <param name="Given">The entry as configured, with the settings.</param>
/// <param name="Problems">Gets a sentence for each wrong key.</param>
public sealed record ProviderEntry(
    string Name, string Type, IConfigurationSection Section, Preset? Preset, IConfigurationSection Given, EntryProblems Problems)
{
    private const string Feedback = "Feedback";
    private const string Setting = "{{setting.";

    /// <summary>The part of a preset's description that an entry cannot change key by key.</summary>
    private static readonly HashSet<string> Described = new(StringComparer.OrdinalIgnoreCase)
    {
        "Method", "Auth", "Body", "Success", "MessageId", "Refusals", "RetryAfter", "Maps", "Receipt", "Script", Feedback,
        "Secrets", "SecretFiles",
    };

    /// <summary>Receipts are described, and not switched off by Receipts=false.</summary>
    public bool HasReceipts =>
        Section.GetSection("Receipt").Exists() && !string.Equals(Section["Receipts"], "false", StringComparison.OrdinalIgnoreCase);

    /// <summary>Feedback is described, and not switched off.</summary>
    public bool HasFeedback =>
        Section.GetSection(Feedback).Exists()
            && string.Equals(Filled(Section[$"{Feedback}:Enabled"] ?? "true"), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Its provider is also told of OTPs that nobody verified.</summary>
    public bool HasFeedbackOfExpiry => HasFeedback && !string.IsNullOrEmpty(Section[$"{Feedback}:NotVerified"]);

    /// <summary>Names of settings whose values may hold placeholders.</summary>
    public IReadOnlySet<string> WithPlaceholders =>
        (Preset?.About.Settings ?? new Dictionary<string, PresetSetting>(StringComparer.Ordinal)).Where(s => s.Value.Placeholders)
            .Select(s => s.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Keys that are settings of the preset.</summary>
    public IReadOnlyCollection<string> SettingKeys => Preset is null ? [] : PresetSettings.Keys(Preset);

    /// <summary>Settings for sending, by name.</summary>
    public IReadOnlyDictionary<string, string> SettingsForSending() => Settings(name => !Preset!.About.Settings[name].OfReceipts);

    /// <summary>Settings of the preset by name; only those that this host needs are read.</summary>
    public IReadOnlyDictionary<string, string> Settings(Func<string, bool> needed) =>
        Preset is null ? new Dictionary<string, string>(StringComparer.Ordinal) : PresetSettings.Read(Preset, Given, needed, Problems);

    /// <summary>Reads an entry; its problems are in <see cref="Problems"/>.</summary>
    public static ProviderEntry Read(IConfigurationSection given)
    {
        var problems = new EntryProblems(given.Path);
        var type = given["Type"] ?? "";
        if (type.ToLowerInvariant() is "http" or "smtp")
        {
            return new(given.Key, type.ToLowerInvariant(), given, null, given, problems);
        }

        if (PresetFiles.Find(type, out var problem) is not { } preset)
        {
            problems.Add("Type", problem);
            return new(given.Key, "", given, null, given, problems);
        }

        var described = preset.Keys.GetValueOrDefault("Type")?.ToLowerInvariant() is "smtp" ? "smtp" : "http";
        return new(given.Key, described, Complete(given, preset, described, problems), preset, given, problems);
    }

    /// <summary>The text itself, or the value of the setting that it names.</summary>
    private string? Filled(string text)
    {
        if (!text.StartsWith(Setting, StringComparison.Ordinal))
        {
            return text;
        }

        var name = text[Setting.Length..].TrimEnd('}');
        return Given[name] is { Length: > 0 } given ? given : Preset?.About.Settings.GetValueOrDefault(name)?.Default;
    }

    private static IConfigurationSection Complete(IConfigurationSection given, Preset preset, string type, EntryProblems problems)
    {
        var keys = preset.Keys.ToDictionary(k => $"{given.Path}:{k.Key}", k => k.Value, StringComparer.OrdinalIgnoreCase);
        keys[$"{given.Path}:Type"] = type;
        var settings = PresetSettings.Keys(preset);
        foreach (var child in given.GetChildren().Where(c => !settings.Contains(c.Key, StringComparer.OrdinalIgnoreCase)))
        {
            if (Described.Contains(child.Key))
            {
                problems.Add(child.Key, "belongs to the preset: copy its file, change it there, and set Type to the path of your file.");
                continue;
            }

            foreach (var (key, value) in child.AsEnumerable().Where(p => p.Value is not null && !IsType(p.Key, given)))
            {
                keys[key] = value;
            }
        }

        return new ConfigurationBuilder().AddInMemoryCollection(keys).Build().GetSection(given.Path);
    }

    private static bool IsType(string key, IConfigurationSection given) =>
        string.Equals(key, $"{given.Path}:Type", StringComparison.OrdinalIgnoreCase);
}
