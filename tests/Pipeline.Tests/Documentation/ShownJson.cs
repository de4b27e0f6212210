using System.Text;

namespace OtpPipeline.Pipeline.Tests.Documentation;

internal enum ShownKind
{
    Anything,
    Object,
    Array,
    Text,
    Literal,
    Null,
}

/// <summary>JSON as a page shows it: three dots stand for what is left out.</summary>
internal sealed class ShownJson
{
    private const string Dots = "...";

    public ShownKind Kind { get; private init; }

    public Dictionary<string, ShownJson> Fields { get; } = new(StringComparer.Ordinal);

    public List<ShownJson> Items { get; } = [];

    public string Value { get; private init; } = "";

    /// <summary>Something is left out in it.</summary>
    public bool IsAbbreviated { get; private set; }

    public static ShownJson Parse(string text)
    {
        var reader = new Reader(text);
        return reader.Read();
    }

    /// <summary>Whether every bracket and quote that was opened is closed.</summary>
    public static bool IsComplete(string text)
    {
        var depth = 0;
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\' when quoted: i++; break;
                case '"': quoted = !quoted; break;
                case '{' or '[' when !quoted: depth++; break;
                case '}' or ']' when !quoted: depth--; break;
            }
        }

        return depth <= 0 && !quoted;
    }

    public override string ToString() => Kind is ShownKind.Text or ShownKind.Literal ? Value : Kind.ToString();

    private sealed class Reader(string text)
    {
        private int _at;

        public ShownJson Read()
        {
            SkipSpace();
            if (TryTake(Dots))
            {
                return new() { Kind = ShownKind.Anything };
            }

            return text[_at] switch
            {
                '{' => ReadObject(),
                '[' => ReadArray(),
                '"' => ReadText(),
                _ => ReadLiteral(),
            };
        }

        private ShownJson ReadObject()
        {
            var result = new ShownJson { Kind = ShownKind.Object };
            _at++;
            while (!TryTake("}"))
            {
                if (TryTake(Dots))
                {
                    result.IsAbbreviated = true;
                }
                else if (!TryTake(","))
                {
                    var name = ReadText().Value;
                    Take(":");
                    result.Fields[name] = Read();
                }
            }

            return result;
        }

        private ShownJson ReadArray()
        {
            var result = new ShownJson { Kind = ShownKind.Array };
            _at++;
            while (!TryTake("]"))
            {
                if (TryTake(Dots))
                {
                    result.IsAbbreviated = true;
                }
                else if (!TryTake(","))
                {
                    result.Items.Add(Read());
                }
            }

            return result;
        }

        private ShownJson ReadText()
        {
            Take("\"");
            var value = new StringBuilder();
            for (; text[_at] != '"'; _at++)
            {
                if (text[_at] == '\\')
                {
                    _at++;
                }

                value.Append(text[_at]);
            }

            _at++;
            var read = value.ToString();
            return new() { Kind = ShownKind.Text, Value = read, IsAbbreviated = read.Contains(Dots, StringComparison.Ordinal) };
        }

        private ShownJson ReadLiteral()
        {
            var start = _at;
            while (_at < text.Length && (char.IsLetterOrDigit(text[_at]) || text[_at] is '-' or '+' or '.'))
            {
                _at++;
            }

            var value = text[start.._at];
            return value.Length > 0
                ? new() { Kind = value == "null" ? ShownKind.Null : ShownKind.Literal, Value = value }
                : throw new FormatException($"'{text[_at]}' at {_at} of {text}");
        }

        private void Take(string token)
        {
            if (!TryTake(token))
            {
                throw new FormatException($"'{token}' is missing at {_at} of {text}");
            }
        }

        private bool TryTake(string token)
        {
            SkipSpace();
            if (!text.AsSpan(_at).StartsWith(token, StringComparison.Ordinal))
            {
                return false;
            }

            _at += token.Length;
            return true;
        }

        private void SkipSpace()
        {
            while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            {
                _at++;
            }
        }
    }
}
