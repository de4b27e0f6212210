using System.Globalization;
using System.Text.Json;

namespace OtpPipeline.Workers.Providers.Http;

/// <summary>A path of names and indexes from a JSON body's root to one value: $.messages[0]['to'].id.</summary>
internal sealed class JsonPath
{
    private readonly List<string> _steps;

    private JsonPath(List<string> steps) => _steps = steps;

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

    /// <summary>Returns the value as text; null if it is missing, null, an object or an array.</summary>
    public string? Find(JsonElement root)
    {
        var at = root;
        foreach (var step in _steps)
        {
            if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(step, out var property))
            {
                at = property;
            }
            else if (at.ValueKind == JsonValueKind.Array
                && int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < at.GetArrayLength())
            {
                at = at[index];
            }
            else
            {
                return null;
            }
        }

        return at.ValueKind switch
        {
            JsonValueKind.String => at.GetString(),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => at.GetRawText(),
            _ => null,
        };
    }

    private static string? Within(ReadOnlySpan<char> brackets)
    {
        if (brackets.Length > 2 && brackets[0] is '\'' or '"' && brackets[^1] == brackets[0])
        {
            return brackets[1..^1].ToString();
        }

        return brackets.ContainsAnyExceptInRange('0', '9') ? null : brackets.ToString();
    }
}
