using System.Text.Json;

namespace OtpPipeline.Hosting.Providers.Presets;

/// <summary>Finds presets: those of the product by name, a user's own by the path of its file.</summary>
public static class PresetFiles
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "presets");

    /// <summary>Names of the presets that the product brings, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = Directory.Exists(Folder)
        ? [.. Directory.GetDirectories(Folder).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>True if an entry's Type is the path of a file, and no name.</summary>
    public static bool IsPath(string type) =>
        type.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || type.AsSpan().ContainsAny('/', '\\');

    /// <summary>Returns null and a sentence, without its key, when there is no such preset or its file is no preset.</summary>
    public static Preset? Find(string type, out string problem)
    {
        problem = "";
        var name = Names.FirstOrDefault(n => string.Equals(n, type, StringComparison.OrdinalIgnoreCase));
        if (name is null && !IsPath(type))
        {
            problem = $"must be http, smtp, a preset ({string.Join(", ", Names)}), or the path of a preset's file.";
            return null;
        }

        try
        {
            return Preset.Parse(File.ReadAllText(name is null ? type : Path.Combine(Folder, name, "preset.json")));
        }
        catch (JsonException wrong)
        {
            problem = $"names a file that is no preset: {wrong.Message.TrimEnd('.')}.";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problem = "names a file that cannot be read.";
        }

        return null;
    }
}
