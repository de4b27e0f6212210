using System.Text;

namespace OtpPipeline.Workers.Providers.Templates;

/// <summary>A text with placeholders such as {{recipient}}, parsed once and filled for each message.</summary>
internal sealed class Template
{
    private const string Open = "{{";
    private const string Close = "}}";
    private readonly List<Part> _parts;

    private Template(List<Part> parts) => _parts = parts;

    /// <summary>Names of the placeholders, one for each occurrence.</summary>
    public IEnumerable<string> Placeholders => _parts.Where(p => p.IsPlaceholder).Select(p => p.Text);

    /// <summary>The text before each placeholder, in order.</summary>
    public IEnumerable<string> Leading
    {
        get
        {
            for (var i = 0; i < _parts.Count; i++)
            {
                if (_parts[i].IsPlaceholder)
                {
                    yield return i > 0 && !_parts[i - 1].IsPlaceholder ? _parts[i - 1].Text : "";
                }
            }
        }
    }

    /// <summary>Creates a template without placeholders.</summary>
    public static Template Literal(string text) => new([new(text, IsPlaceholder: false)]);

    /// <summary>Returns null and the problem if a placeholder is unknown or has no end.</summary>
    public static Template? Parse(string text, IReadOnlyCollection<string> known, out string problem)
    {
        problem = "";
        List<Part> parts = [];
        var position = 0;
        while (text.IndexOf(Open, position, StringComparison.Ordinal) is var open && open >= 0)
        {
            var close = text.IndexOf(Close, open, StringComparison.Ordinal);
            if (close < 0)
            {
                problem = "has a placeholder that begins with {{ and does not end.";
                return null;
            }

            var name = text[(open + Open.Length)..close].Trim();
            if (!known.Contains(name, StringComparer.Ordinal))
            {
                problem = $"uses {{{{{name}}}}}, which is no placeholder: there are {string.Join(", ", known)}.";
                return null;
            }

            Add(parts, text[position..open]);
            parts.Add(new(name, IsPlaceholder: true));
            position = close + Close.Length;
        }

        Add(parts, text[position..]);
        return new(parts);
    }

    /// <summary>Renders the text; each value is encoded for its position.</summary>
    public string Render(Func<string, string> values, Func<string, string> encode) => Render(values, (_, value) => encode(value));

    /// <summary>Renders the text; the encoding depends on the placeholder's index, counted from 0.</summary>
    public string Render(Func<string, string> values, Func<int, string, string> encode)
    {
        var text = new StringBuilder();
        var index = 0;
        foreach (var part in _parts)
        {
            text.Append(part.IsPlaceholder ? encode(index++, values(part.Text)) : part.Text);
        }

        return text.ToString();
    }

    private static void Add(List<Part> parts, string literal)
    {
        if (literal.Length > 0)
        {
            parts.Add(new(literal, IsPlaceholder: false));
        }
    }

    private readonly record struct Part(string Text, bool IsPlaceholder);
}
