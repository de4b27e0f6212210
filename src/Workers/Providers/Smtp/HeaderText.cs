using System.Text;

namespace OtpPipeline.Workers.Providers.Smtp;

/// <summary>Text as the header of an e-mail can hold it: one line, ASCII; what is not becomes encoded words (RFC 2047).</summary>
internal static class HeaderText
{
    // 75 characters a word, less "=?utf-8?B?" and "?=", in groups of four that stand for three bytes.
    private const int BytesAWord = 45;
    private const int LongestPlain = 900;

    /// <summary>For a subject.</summary>
    public static string Unstructured(string text)
    {
        var line = OneLine(text);
        return IsPlain(line) ? line : EncodedWords(line);
    }

    /// <summary>For the name in front of an address.</summary>
    public static string Phrase(string text)
    {
        var line = OneLine(text);
        return IsPlain(line)
            ? $"\"{line.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""
            : EncodedWords(line);
    }

    /// <summary>A line break would begin a header of its own.</summary>
    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();

    private static bool IsPlain(string line) => Ascii.IsValid(line) && line.Length <= LongestPlain && !line.Contains("=?", StringComparison.Ordinal);

    private static string EncodedWords(string line)
    {
        List<string> words = [];
        var bytes = new List<byte>(BytesAWord);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in line.EnumerateRunes())
        {
            var letter = utf8[..rune.EncodeToUtf8(utf8)];
            if (bytes.Count + letter.Length > BytesAWord)
            {
                words.Add(Word(bytes));
                bytes.Clear();
            }

            bytes.AddRange(letter);
        }

        words.Add(Word(bytes));
        return string.Join("\r\n ", words);
    }

    private static string Word(List<byte> bytes) => $"=?utf-8?B?{Convert.ToBase64String([.. bytes])}?=";
}
