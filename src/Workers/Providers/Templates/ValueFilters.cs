using System.Globalization;

namespace OtpPipeline.Workers.Providers.Templates;

/// <summary>Changes the value of a placeholder: {{pin|spell}}. The encoding of its place follows.</summary>
/// <param name="Name">As written.</param>
/// <param name="Apply">From the value to the value.</param>
internal sealed record ValueFilter(string Name, Func<string, string> Apply)
{
    /// <summary>The placeholder whose value stands for an empty one; null for none.</summary>
    public string? Instead { get; init; }
}

/// <summary>The filters that an entry's placeholders can use.</summary>
/// <param name="maps">The entry's tables by name, for map.</param>
/// <param name="settings">The preset's settings, for among.</param>
internal sealed class ValueFilters(
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> maps, IReadOnlyDictionary<string, string> settings)
{
    /// <summary>The filter that escapes for XML; what it escaped is checked as XML when the host starts.</summary>
    public const string Xml = "xml";

    /// <summary>The filter that escapes for a string of JSON.</summary>
    public const string Json = "json";

    /// <summary>The filter that leaves a number, true or false without quotes in a template that is written as JSON.</summary>
    public const string Bare = "bare";

    public static readonly ValueFilters Plain = new(
        new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal),
        new Dictionary<string, string>(StringComparer.Ordinal));

    /// <summary>Returns null and the problem if there is no such filter, or its argument is wrong.</summary>
    /// <param name="text">Name, and an argument after a colon.</param>
    /// <param name="known">Names of placeholders, for or.</param>
    /// <param name="problem">The rest of a sentence that begins with the key.</param>
    public ValueFilter? Parse(string text, IReadOnlyCollection<string> known, out string problem)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var name = (colon < 0 ? text : text[..colon]).Trim();
        var argument = colon < 0 ? "" : text[(colon + 1)..];
        problem = "";
        Func<string, string>? apply = name switch
        {
            "digits" => Digits,
            "plus" => WithPlus,
            "quoted" => Quoted,
            "spell" => value => string.Join(", ", TextElements(value)),
            Xml => ValueEncoding.Xml,
            Json => ValueEncoding.JsonString,
            Bare => value => value,
            "append" => value => value.Length == 0 ? "" : value + argument,
            "then" => value => value.Length == 0 ? "" : argument,
            "else" => value => value.Length == 0 ? argument : value,
            "or" when known.Contains(argument, StringComparer.Ordinal) => value => value,
            "atLeast" when Number(argument) is { } least => value => Number(value) < least ? Text(least) : value,
            "atMost" when Number(argument) is { } most => value => Number(value) > most ? Text(most) : value,
            "map" when maps.TryGetValue(argument, out var map) => value => Mapped(map, value),
            "among" when settings.TryGetValue(argument, out var list) => value => Among(list, value),
            _ => null,
        };
        if (apply is not null)
        {
            return new(name, apply) { Instead = name is "or" ? argument : null };
        }

        problem = name switch
        {
            "atLeast" or "atMost" => $"uses the filter {name}, which needs a whole number, as in {name}:60.",
            "map" => $"uses the filter map:{argument}, and Maps has no table of that name.",
            "among" => $"uses the filter among:{argument}, and the preset has no setting of that name.",
            "or" => $"uses the filter or:{argument}, and there is no placeholder of that name.",
            _ => $"uses the filter {name}, which does not exist: there are digits, plus, spell, quoted, xml, json, bare, append, then, " +
                "else, or, atLeast, atMost, map, among.",
        };
        return null;
    }

    private static string Digits(string value) => string.Concat(value.Where(char.IsAsciiDigit));

    /// <summary>A number of digits alone, such as the chat 33612246400, is a phone number without its plus sign.</summary>
    private static string WithPlus(string value) =>
        value.Length > 0 && value.All(char.IsAsciiDigit) ? "+" + value : value;

    /// <summary>A quoted string of an address header (RFC 5322), on one line; nothing for nothing.</summary>
    private static string Quoted(string value)
    {
        var line = string.Concat(value.Select(c => char.IsControl(c) ? ' ' : c));
        var escaped = line.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        return value.Length == 0 ? "" : $"\"{escaped}\"";
    }

    private static IEnumerable<string> TextElements(string value)
    {
        var elements = StringInfo.GetTextElementEnumerator(value);
        while (elements.MoveNext())
        {
            yield return elements.GetTextElement();
        }
    }

    /// <summary>The table's value, that of "*" for any other, or nothing.</summary>
    private static string Mapped(IReadOnlyDictionary<string, string> map, string value) =>
        map.TryGetValue(value, out var mapped) || map.TryGetValue("*", out mapped) ? mapped : "";

    /// <summary>The item of a comma-separated list whose tag fits a locale best: the same, the same language, the first.</summary>
    /// <remarks>An item is a tag, or a tag and its value, as in de=HX01: the value then counts.</remarks>
    private static string Among(string list, string locale)
    {
        var items = list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(i => i.Split('=', 2)).ToList();
        var wanted = Tag(locale);
        var item = items.Find(i => string.Equals(Tag(i[0]), wanted, StringComparison.OrdinalIgnoreCase))
            ?? items.Find(i => string.Equals(Language(i[0]), Language(locale), StringComparison.OrdinalIgnoreCase))
            ?? items.FirstOrDefault();
        return item?[^1] ?? "";
    }

    private static string Tag(string locale) => locale.Replace('_', '-');

    private static string Language(string locale) => Tag(locale).Split('-')[0];

    private static long? Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
