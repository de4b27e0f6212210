using System.Text;

namespace OtpPipeline.Workers.Providers.Templates;

/// <summary>A text with placeholders such as {{recipient}} or {{recipient|digits}}, parsed once and filled for each message.</summary>
internal sealed class Template
{
    private const string Open = "{{";
    private const string Close = "}}";
    private readonly List<Part> _parts;

    private Template(List<Part> parts) => _parts = parts;

    /// <summary>The placeholders, one for each occurrence.</summary>
    public IEnumerable<TemplatePlaceholder> Placeholders => _parts.Where(p => p.Filters is not null).Select(p => p.Placeholder);

    /// <summary>The text before each placeholder, in order.</summary>
    public IEnumerable<string> Leading
    {
        get
        {
            for (var i = 0; i < _parts.Count; i++)
            {
                if (_parts[i].Filters is not null)
                {
                    yield return i > 0 && _parts[i - 1].Filters is null ? _parts[i - 1].Text : "";
                }
            }
        }
    }

    /// <summary>The text without its placeholders.</summary>
    public string Literals => string.Concat(_parts.Where(p => p.Filters is null).Select(p => p.Text));

    /// <summary>Creates a template without placeholders.</summary>
    public static Template Literal(string text) => new([new(text, null)]);

    /// <summary>Returns null and the problem if a placeholder or a filter is unknown, or a placeholder has no end.</summary>
    public static Template? Parse(string text, IReadOnlyCollection<string> known, out string problem, ValueFilters? filters = null)
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

            var pieces = text[(open + Open.Length)..close].Split('|');
            var name = pieces[0].Trim();
            if (!known.Contains(name, StringComparer.Ordinal))
            {
                problem = $"uses {{{{{name}}}}}, which is no placeholder: there are {string.Join(", ", known)}.";
                return null;
            }

            if (Filters(pieces[1..], known, filters ?? ValueFilters.Plain, out problem) is not { } chain)
            {
                return null;
            }

            Add(parts, text[position..open]);
            parts.Add(new(name, chain));
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
        if (_parts is [{ Filters: null, Text: var whole }])
        {
            return whole;
        }

        var text = new StringBuilder();
        var index = 0;
        foreach (var part in _parts)
        {
            text.Append(part.Filters is null ? part.Text : encode(index++, part.Placeholder.From(values)));
        }

        return text.ToString();
    }

    private static List<ValueFilter>? Filters(
        IEnumerable<string> texts, IReadOnlyCollection<string> known, ValueFilters filters, out string problem)
    {
        problem = "";
        List<ValueFilter> chain = [];
        foreach (var text in texts)
        {
            if (filters.Parse(text, known, out problem) is not { } filter)
            {
                return null;
            }

            chain.Add(filter);
        }

        return chain;
    }

    private static void Add(List<Part> parts, string literal)
    {
        if (literal.Length > 0)
        {
            parts.Add(new(literal, null));
        }
    }

    /// <summary>A literal, or a placeholder with its filters.</summary>
    private readonly record struct Part(string Text, List<ValueFilter>? Filters)
    {
        public TemplatePlaceholder Placeholder => new(Text, Filters!);
    }
}

/// <summary>A placeholder of a template: its name, and the filters that its value goes through.</summary>
internal readonly record struct TemplatePlaceholder(string Name, IReadOnlyList<ValueFilter> Filters)
{
    /// <summary>The value after the filters, except those of this name.</summary>
    public string From(Func<string, string> values, string? without = null)
    {
        var value = values(Name);
        foreach (var filter in Filters)
        {
            value = string.Equals(filter.Name, without, StringComparison.Ordinal) ? value
                : filter.Instead is { } other && value.Length == 0 ? values(other)
                : filter.Apply(value);
        }

        return value;
    }
}
