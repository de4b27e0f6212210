using System.Globalization;
using System.Text;

namespace OtpPipeline.Core.Pins;

/// <summary>What of a PIN's own characters people add while typing.</summary>
[Flags]
internal enum TypedExtras
{
    None = 0,
    Spaces = 1,
    Dashes = 2,
    Marks = 4,
}

/// <summary>Brings what a person typed into the form of a PIN, by Unicode's own properties.</summary>
internal static class TypedText
{
    /// <summary>A longer text is no PIN and is not normalised.</summary>
    public const int Longest = 256;

    private const char Dash = '-';

    /// <summary>
    /// Compatible forms become one (NFKC), digits of every script become ASCII; white space, dashes and invisible marks go, except for
    /// the kinds that are kept: those become one space, one dash, or stay.
    /// </summary>
    public static string Normalise(string text, TypedExtras kept)
    {
        var normal = new StringBuilder(text.Length);
        foreach (var rune in WholeRunes(text).Normalize(NormalizationForm.FormKC).EnumerateRunes())
        {
            switch (ExtraOf(rune))
            {
                case TypedExtras.None when Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber:
                    normal.Append((char)('0' + (int)Rune.GetNumericValue(rune)));
                    break;
                case TypedExtras.None:
                    normal.Append(rune.ToString());
                    break;
                case TypedExtras.Spaces when kept.HasFlag(TypedExtras.Spaces):
                    normal.Append(' ');
                    break;
                case TypedExtras.Dashes when kept.HasFlag(TypedExtras.Dashes):
                    normal.Append(Dash);
                    break;
                case TypedExtras.Marks when kept.HasFlag(TypedExtras.Marks):
                    normal.Append(rune.ToString());
                    break;
            }
        }

        return normal.ToString().Trim();
    }

    /// <summary>The kinds that a PIN contains itself, which a guess must therefore keep.</summary>
    public static TypedExtras In(string pin) =>
        WholeRunes(pin).Normalize(NormalizationForm.FormKC).EnumerateRunes()
            .Aggregate(TypedExtras.None, (all, rune) => all | ExtraOf(rune));

    private static TypedExtras ExtraOf(Rune rune) =>
        Rune.IsWhiteSpace(
            rune) ? TypedExtras.Spaces : IsDash(rune) ? TypedExtras.Dashes : IsMark(rune) ? TypedExtras.Marks : TypedExtras.None;

    // Minus signs, the hyphen bullet and the long-vowel mark, which Japanese keyboards type for a dash, are of other categories.
    private static bool IsDash(Rune rune) =>
        Rune.GetUnicodeCategory(rune) == UnicodeCategory.DashPunctuation || rune.Value is 0x2212 or 0x2043 or 0x02D7 or 0x30FC;

    // Format and control characters; and those that Unicode says to ignore, such as variation selectors and fillers; the keycap of emoji.
    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.Control
        || rune.Value is (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF) or (>= 0x180B and <= 0x180F)
            or 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x3164 or 0x20E3;

    /// <summary>A lone surrogate, of which nothing can be made, becomes the replacement character.</summary>
    private static string WholeRunes(string text)
    {
        var whole = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            whole.Append(rune.ToString());
        }

        return whole.ToString();
    }
}
