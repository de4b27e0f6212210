using System.Text.Json;
using System.Text.RegularExpressions;

namespace OtpPipeline.Pipeline.Tests.Documentation;

/// <summary>Holds what a page shows against what was answered: fields by name, what never varies by value.</summary>
internal static partial class ShownAnswer
{
    // Values that are the same each time; every other value is only an example of its kind.
    private static readonly string[] Constant =
        ["code", "message", "status", "error", "title", "detail", "event", "pointer", "success", "token_type", "reason"];

    /// <summary>What of the shown text is not so in the answer; none where all of it is.</summary>
    public static IEnumerable<string> Differences(string shown, string answered)
    {
        var (expected, actual) = (Parts(shown), Parts(answered));
        for (var i = 0; i < expected.Documents.Count; i++)
        {
            if (i >= actual.Documents.Count)
            {
                yield return $"shown is {expected.Documents[i].Text}, and nothing like it was answered";
                continue;
            }

            foreach (var difference in Compare(ShownJson.Parse(expected.Documents[i].Text), JsonDocument.Parse(actual.Documents[i].Text).RootElement, "$"))
            {
                yield return difference;
            }
        }

        var lines = actual.Lines.Select(Mask).ToList();
        foreach (var line in expected.Lines)
        {
            if (!lines.Contains(Mask(line)))
            {
                yield return $"the line '{line}' was not answered";
            }
        }
    }

    private static IEnumerable<string> Compare(ShownJson shown, JsonElement actual, string path)
    {
        if (shown.Kind == ShownKind.Anything
            || (shown.Kind == ShownKind.Null && (actual.ValueKind == JsonValueKind.Null || !IsConstant(path))))
        {
            return [];
        }

        if (shown.Kind != KindOf(actual))
        {
            // What is empty now may have a value another time.
            return actual.ValueKind == JsonValueKind.Null
                && !IsConstant(path) ? [] : [$"{path} is {actual.GetRawText()}, shown is {shown}"];
        }

        return shown.Kind switch
        {
            ShownKind.Object => CompareObjects(shown, actual, path),
            ShownKind.Array =>
                shown.Items.Zip(actual.EnumerateArray()).SelectMany((pair, i) => Compare(pair.First, pair.Second, $"{path}[{i}]"))
                .Concat(shown.Items.Count > actual.GetArrayLength() ? [$"{path} has {actual.GetArrayLength()} elements, shown are " +
                    $"{shown.Items.Count}"] : []),
            _ =>
                IsConstant(path) && !shown.IsAbbreviated && Mask(shown.Value) != Mask(
                    actual.ValueKind == JsonValueKind.String
                        ? actual.GetString()!
                        : actual.GetRawText()) ? [$"{path} is '{actual}', shown is '{shown.Value}'"] : [],
        };
    }

    private static IEnumerable<string> CompareObjects(ShownJson shown, JsonElement actual, string path)
    {
        // A field whose name is an id or a key is shown by example.
        var answered = actual.EnumerateObject().ToDictionary(f => Mask(f.Name), f => f.Value, StringComparer.Ordinal);
        var names = shown.Fields.Keys.Select(Mask).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, value) in shown.Fields)
        {
            if (!answered.TryGetValue(Mask(name), out var found))
            {
                yield return $"{path}.{name} is not in the answer {actual.GetRawText()}";
                continue;
            }

            foreach (var difference in Compare(value, found, $"{path}.{name}"))
            {
                yield return difference;
            }
        }

        if (!shown.IsAbbreviated)
        {
            foreach (var name in answered.Keys.Where(n => !names.Contains(n)))
            {
                yield return $"{path}.{name} is answered and not shown";
            }
        }
    }

    private static bool IsConstant(string path) => Constant.Contains(path[(path.LastIndexOf('.') + 1)..]);

    private static ShownKind KindOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => ShownKind.Object,
        JsonValueKind.Array => ShownKind.Array,
        JsonValueKind.String => ShownKind.Text,
        JsonValueKind.Null => ShownKind.Null,
        _ => ShownKind.Literal,
    };

    /// <summary>The JSON documents of a text, wherever they begin and end, and its other lines.</summary>
    private static (List<(string Text, int Line)> Documents, List<string> Lines) Parts(string text)
    {
        var documents = new List<(string, int)>();
        var lines = new List<string>();
        var all = text.Replace("\r", "", StringComparison.Ordinal).Split('\n');
        for (var i = 0; i < all.Length; i++)
        {
            if (all[i].TrimStart() is not (['{', ..] or ['[', ..]))
            {
                if (all[i].Trim().Length > 0)
                {
                    lines.Add(all[i].Trim());
                }

                continue;
            }

            var (start, document) = (i, all[i]);
            while (!ShownJson.IsComplete(document) && i + 1 < all.Length)
            {
                document += "\n" + all[++i];
            }

            documents.Add((document, start));
        }

        return (documents, lines);
    }

    /// <summary>Without what is another one each time: ids, numbers of requests, names of a demo.</summary>
    private static string Mask(string text)
    {
        text = Header().Replace(text, "${name}: ...");
        return Number().Replace(Id().Replace(text, "ID"), "N");
    }

    [GeneratedRegex(@"^(?<name>[A-Z][A-Za-z-]+): .*$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Header();

    [GeneratedRegex(
        "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Id();

    [GeneratedRegex(@"\d{4,}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Number();
}
