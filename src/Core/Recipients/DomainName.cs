using System.Globalization;
using System.Text;

namespace OtpPipeline.Core.Recipients;

/// <summary>A domain name in the one form that DNS knows: lower-case ASCII, by IDNA 2008.</summary>
internal static class DomainName
{
    private const string Prefix = "xn--";
    private const string WordJoiners = "-\u00B7\u0375\u05F3\u05F4\u200C\u200D\u30FB";

    /// <summary>Null for a name that IDNA refuses; an ASCII name is not checked further.</summary>
    public static string? ToAscii(string name)
    {
        // Before anything else: the capital of "ß" is no "ss", whatever the version of ICU says.
        var lower = name.ToLowerInvariant();
        if (Ascii.IsValid(lower) && !lower.Contains(Prefix, StringComparison.Ordinal))
        {
            return lower;
        }

        try
        {
            var idna = new IdnMapping { UseStd3AsciiRules = true };
            var ascii = idna.GetAscii(lower);
            return idna.GetUnicode(ascii).Split('.').All(IsLabel) ? ascii : null;
        }
        catch (ArgumentException)
        {
            // Anybody can send anything as a domain name.
            return null;
        }
    }

    /// <summary>IDNA 2008 knows letters, digits and marks: no symbols, hence no emoji.</summary>
    private static bool IsLabel(string label) =>
        label.EnumerateRunes().All(r => r.Value <= char.MaxValue && WordJoiners.Contains((char)r.Value)
        || Rune.GetUnicodeCategory(r) is UnicodeCategory.LowercaseLetter or UnicodeCategory.OtherLetter or UnicodeCategory.ModifierLetter
            or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber);
}
