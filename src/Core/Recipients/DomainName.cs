using System.Globalization;
using System.Text;

namespace OtpPipeline.Core.Recipients;

/// <summary>A domain name in its DNS form: lower-case ASCII, by IDNA 2008.</summary>
internal static class DomainName
{
    private const string Prefix = "xn--";
    private const string WordJoiners = "-\u00B7\u0375\u05F3\u05F4\u200C\u200D\u30FB";

    /// <summary>Null for a name that IDNA refuses; an ASCII name is not checked further.</summary>
    public static string? ToAscii(string name)
    {
        // First, because some versions of ICU take the capital of "ß" for "ss".
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
            // Clients can send any text as a domain name.
            return null;
        }
    }

    /// <summary>IDNA 2008 allows letters, digits and marks, but no symbols such as emoji.</summary>
    private static bool IsLabel(string label) =>
        label.EnumerateRunes().All(r => r.Value <= char.MaxValue && WordJoiners.Contains((char)r.Value)
        || Rune.GetUnicodeCategory(r) is UnicodeCategory.LowercaseLetter or UnicodeCategory.OtherLetter or UnicodeCategory.ModifierLetter
            or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber);
}
