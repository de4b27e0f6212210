using System.Globalization;
using System.Text.RegularExpressions;
using OtpPipeline.Core.Pins;

namespace OtpPipeline.Core.Messages;

/// <summary>Renders the template with the PIN, and counts the message parts that a carrier charges.</summary>
public static partial class MessageText
{
    public const string Placeholder = "{{pin}}";

    // GSM 03.38 basic set and its extension table; a character of the extension table takes two places.
    private const string Basic =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ " +
        "!\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

    private const string Extension = "\f^{}\\[~]|€";

    private static readonly System.Buffers.SearchValues<char> BasicSet = System.Buffers.SearchValues.Create(Basic);
    private static readonly System.Buffers.SearchValues<char> ExtensionSet = System.Buffers.SearchValues.Create(Extension);

    public static bool HasPlaceholder(string template) => template.Contains(Placeholder, StringComparison.Ordinal);

    /// <summary>The placeholders allowed besides the PIN's, in the words of an error.</summary>
    public const string OtherPlaceholders = "{{app}}, {{minutes}} and {{name}}";

    private const string NamePlaceholder = "{{name}}";

    /// <summary>Whether the text needs the recipient's name.</summary>
    public static bool HasName(string template) => template.Contains(NamePlaceholder, StringComparison.Ordinal);

    /// <summary>Whether the text has an unknown placeholder, which the recipient would see.</summary>
    public static bool HasUnknownPlaceholder(string template)
    {
        foreach (var match in Placeholders().EnumerateMatches(template))
        {
            if (template.AsSpan(match.Index, match.Length) is not (Placeholder or "{{app}}" or "{{minutes}}" or NamePlaceholder))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Fills in what is known at intake: the application's name, and the OTP's lifetime in whole minutes, at least one.</summary>
    public static string Fill(string template, string application, int ttl) =>
        KnownAtIntake().Replace(
            template, m => m.ValueSpan is "{{app}}" ? application : Math.Max(1, ttl / 60).ToString(CultureInfo.InvariantCulture));

    /// <summary>Fills in PIN and name. Without a name, removes its placeholder and a space before it.</summary>
    public static string Render(string template, Pin pin, string? name = null) =>
        KnownAtSending().Replace(
            template, m => m.ValueSpan.EndsWith(Placeholder, StringComparison.Ordinal) ? m.Groups["space"].Value + pin.Reveal()
            : string.IsNullOrEmpty(name) ? "" : m.Groups["space"].Value + name);

    [GeneratedRegex(@"\{\{[^{}]*\}\}", RegexOptions.CultureInvariant, 100)]
    private static partial Regex Placeholders();

    [GeneratedRegex(@"\{\{(app|minutes)\}\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 100)]
    private static partial Regex KnownAtIntake();

    [GeneratedRegex(@"(?<space> ?)\{\{(pin|name)\}\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 100)]
    private static partial Regex KnownAtSending();

    /// <summary>Whether the text can be sent in GSM-7; UCS-2 otherwise.</summary>
    public static bool FitsGsm7(string text) => text.All(letter => BasicSet.Contains(letter) || ExtensionSet.Contains(letter));

    /// <summary>Counts parts as carriers do, at least 1.</summary>
    /// <remarks>
    /// 160 places of GSM-7 or 70 UTF-16 units of UCS-2 in one message; 153 or 67 in each part of a longer one. The end of a part never
    /// splits an escaped character or a surrogate pair.
    /// </remarks>
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
                return Split(
                    text, static (t, i) => char.IsHighSurrogate(t[i]) && i + 1 < t.Length ? 2 : 1, static width => width, text.Length, 70,
                    67);
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
