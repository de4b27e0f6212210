using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace OtpPipeline.Hosting.Providers.Presets;

/// <summary>A provider described by a file: the keys of an entry of Type http, and the settings that an entry gives.</summary>
/// <param name="About">The part of the file that is no key of an entry.</param>
/// <param name="Keys">Configuration keys, relative to the entry, with their values.</param>
public sealed partial record Preset(PresetHeader About, IReadOnlyDictionary<string, string?> Keys)
{
    private const string Header = "Preset";

    // A colon divides keys of the configuration.
    private const string Colon = "%3A";

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Strict)
    {
        PropertyNameCaseInsensitive = true,
        RespectRequiredConstructorParameters = false,
    };

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonDocumentOptions Commented = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <exception cref="JsonException">The text is no preset.</exception>
    public static Preset Parse(string text)
    {
        using var document = JsonDocument.Parse(text, Commented);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(Header, out var header))
        {
            throw new JsonException("it has no object Preset");
        }

        var keys = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in root.EnumerateObject().Where(p => !p.NameEquals(Header)))
        {
            Flatten(property.Name, property.Value, keys);
        }

        return new(header.Deserialize<PresetHeader>(Strict) ?? throw new JsonException("its object Preset is null"), keys);
    }

    /// <summary>Matches a placeholder with the filter bare, which is all of a string: its value needs no quotes.</summary>
    [GeneratedRegex(@"""(?<placeholder>\{\{[^""{}]*\|\s*bare\s*\}\})""", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Bare();

    /// <summary>A template of JSON stands in the file as JSON; its text is the template.</summary>
    private static void Flatten(string key, JsonElement value, Dictionary<string, string?> keys)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when key.EndsWith(":Template", StringComparison.OrdinalIgnoreCase):
                keys[key] = Bare().Replace(JsonNode.Parse(value.GetRawText())!.ToJsonString(Relaxed), "${placeholder}");
                break;
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                {
                    Flatten($"{key}:{property.Name.Replace(":", Colon, StringComparison.Ordinal)}", property.Value, keys);
                }

                break;
            case JsonValueKind.Array:
                foreach (var (index, item) in value.EnumerateArray().Index())
                {
                    Flatten($"{key}:{index}", item, keys);
                }

                break;
            case JsonValueKind.Null:
                break;
            default:
                keys[key] = value.ToString();
                break;
        }
    }
}

/// <summary>What a preset says about itself.</summary>
public sealed record PresetHeader
{
    /// <summary>The provider's product, for people.</summary>
    public string Title { get; init; } = "";

    /// <summary>The channels that it can serve; all when empty.</summary>
    public IReadOnlyList<string> Channels { get; init; } = [];

    /// <summary>The settings that an entry gives, by name.</summary>
    public IReadOnlyDictionary<string, PresetSetting> Settings { get; init; } =
        new Dictionary<string, PresetSetting>(StringComparer.Ordinal);

    /// <summary>Groups of settings of which exactly one must be given.</summary>
    public IReadOnlyList<IReadOnlyList<string>> OneOf { get; init; } = [];
}

/// <summary>One setting that a preset declares.</summary>
public sealed record PresetSetting
{
    /// <summary>The entry must give it.</summary>
    public bool Required { get; init; }

    /// <summary>A second key with "File" at its end reads it from a file.</summary>
    public bool Secret { get; init; }

    /// <summary>Its value may hold placeholders of the message, such as {{from}}.</summary>
    public bool Placeholders { get; init; }

    /// <summary>Only the Api reads it, to check the provider's receipts.</summary>
    public bool OfReceipts { get; init; }

    /// <summary>Regular expression for the whole value.</summary>
    public string? Pattern { get; init; }

    /// <summary>Its value when the entry gives none.</summary>
    public string Default { get; init; } = "";

    /// <summary>What is said of a value that does not fit, after the key: "must be ...".</summary>
    public string? Sentence { get; init; }
}
