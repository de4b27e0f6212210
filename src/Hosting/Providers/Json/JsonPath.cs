using System.Globalization;
using System.Text.Json;

namespace OtpPipeline.Hosting.Providers.Json;

/// <summary>A path of names and indexes from a JSON body's root to a value: $.messages[0]['to'].id.</summary>
/// <remarks>[*] stands for every element of an array, and the path then leads to several values.</remarks>
public sealed class JsonPath
{
    private const string Every = "*";
    private readonly List<string> _steps;

    private JsonPath(List<string> steps) => _steps = steps;

    /// <summary>Leads to any number of values.</summary>
    public bool IsMany => _steps.Contains(Every, StringComparer.Ordinal);

    /// <summary>Returns null if the text is not such a path.</summary>
    public static JsonPath? Parse(string text)
    {
        List<string> steps = [];
        var rest = text.AsSpan(text.StartsWith('$') ? 1 : 0);
        var first = !text.StartsWith('$');
        while (!rest.IsEmpty)
        {
            if (rest[0] == '[')
            {
                var end = rest.IndexOf(']');
                if (end < 2 || Within(rest[1..end]) is not { } step)
                {
                    return null;
                }

                steps.Add(step);
                rest = rest[(end + 1)..];
            }
            else
            {
                var name = rest[0] == '.' ? rest[1..] : first ? rest : default;
                var end = name.IndexOfAny('.', '[') is var found && found < 0 ? name.Length : found;
                if (end == 0)
                {
                    return null;
                }

                steps.Add(name[..end].ToString());
                rest = name[end..];
            }

            first = false;
        }

        return steps.Count == 0 ? null : new(steps);
    }

    /// <summary>Returns the first value as text; null if it is missing, null, an object or an array.</summary>
    public string? Find(JsonElement root) => FindAll(root).FirstOrDefault();

    /// <summary>Returns each value as text; null for one that is missing, null, an object or an array.</summary>
    public IEnumerable<string?> FindAll(JsonElement root) => Elements(root).Select(Text);

    /// <summary>Returns the elements at the path; default for one that is missing.</summary>
    public IEnumerable<JsonElement> Elements(JsonElement root)
    {
        IEnumerable<JsonElement> at = [root];
        foreach (var step in _steps)
        {
            at = step is Every
                ? at.SelectMany(e => e.ValueKind == JsonValueKind.Array ? e.EnumerateArray() : Enumerable.Empty<JsonElement>())
                : at.Select(e => Next(e, step));
        }

        return at;
    }

    private static JsonElement Next(JsonElement at, string step) =>
        at.ValueKind switch
        {
            JsonValueKind.Object when at.TryGetProperty(step, out var property) => property,
            JsonValueKind.Array when int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                && index < at.GetArrayLength() => at[index],
            _ => default,
        };

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Whole(value),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };

    /// <summary>Returns null for a text with half of a surrogate pair: JSON can escape it, and no text can hold it.</summary>
    private static string? Whole(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Within(ReadOnlySpan<char> brackets)
    {
        if (brackets.Length > 2 && brackets[0] is '\'' or '"' && brackets[^1] == brackets[0])
        {
            return brackets[1..^1].ToString();
        }

        return brackets is not Every && brackets.ContainsAnyExceptInRange('0', '9') ? null : brackets.ToString();
    }
}
