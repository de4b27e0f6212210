namespace OtpPipeline.Core.Otps;

/// <summary>The text of a message: the template with the PIN in it, and how many parts a carrier makes of it.</summary>
public static class MessageText
{
    public const string Placeholder = "{{pin}}";

    // GSM 03.38 basic set and its extension table; a character of the latter takes two places.
    private const string Basic =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

    private const string Extension = "\f^{}\\[~]|€";

    private static readonly System.Buffers.SearchValues<char> BasicSet = System.Buffers.SearchValues.Create(Basic);
    private static readonly System.Buffers.SearchValues<char> ExtensionSet = System.Buffers.SearchValues.Create(Extension);

    public static bool HasPlaceholder(string template) => template.Contains(Placeholder, StringComparison.Ordinal);

    public static string Render(string template, Pin pin) => template.Replace(Placeholder, pin.Reveal(), StringComparison.Ordinal);

    /// <summary>
    /// Parts as carriers count them: 160 places of GSM-7 or 70 UTF-16 units of UCS-2 in one message; 153 or 67 in each part
    /// of a longer one. An escaped character or a surrogate pair is never torn apart by a part's end. At least 1.
    /// </summary>
    public static int CountParts(string text)
    {
        var places = 0;
        foreach (var letter in text)
        {
            if (BasicSet.Contains(letter))
            {
                places++;
            }
            else if (ExtensionSet.Contains(letter))
            {
                places += 2;
            }
            else
            {
                return Split(text, static (t, i) => char.IsHighSurrogate(t[i]) && i + 1 < t.Length ? 2 : 1, static width => width, text.Length, 70, 67);
            }
        }

        return Split(text, static (t, i) => ExtensionSet.Contains(t[i]) ? 2 : 1, static _ => 1, places, 160, 153);
    }

    private static int Split(string text, Func<string, int, int> width, Func<int, int> advance, int places, int single, int part)
    {
        if (places <= single)
        {
            return 1;
        }

        int parts = 1, used = 0;
        for (var i = 0; i < text.Length;)
        {
            var wide = width(text, i);
            if (used + wide > part)
            {
                parts++;
                used = 0;
            }

            used += wide;
            i += advance(wide);
        }

        return parts;
    }
}
