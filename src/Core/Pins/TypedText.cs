using System.Globalization;
using System.Text;

namespace OtpPipeline.Core.Pins;

/// <summary>Kinds of characters that users add when typing, and that a PIN may also contain.</summary>
[Flags]
internal enum TypedExtras
{
    None = 0,
    Spaces = 1,
    Dashes = 2,
    Marks = 4,
}

/// <summary>Normalises a typed text to the form of a PIN, by Unicode properties.</summary>
internal static class TypedText
{
    /// <summary>A longer text is not a PIN and is not normalised.</summary>
    public const int Longest = 256;

    private const char Dash = '-';

    /// <summary>Normalises compatible forms (NFKC) and turns digits of every script into ASCII.</summary>
    /// <remarks>Removes white space, dashes and invisible marks. Kept kinds become one space or one dash; kept marks stay.</remarks>
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

    /// <summary>The kinds that the PIN itself contains, and that a guess must therefore keep.</summary>
    public static TypedExtras In(string pin) =>
        WholeRunes(pin).Normalize(NormalizationForm.FormKC).EnumerateRunes()
            .Aggregate(TypedExtras.None, (all, rune) => all | ExtraOf(rune));

    private static TypedExtras ExtraOf(Rune rune) =>
        Rune.IsWhiteSpace(
            rune) ? TypedExtras.Spaces : IsDash(rune) ? TypedExtras.Dashes : IsMark(rune) ? TypedExtras.Marks : TypedExtras.None;

    // Other Unicode categories: minus signs, the hyphen bullet, and the long-vowel mark, which Japanese keyboards type for a dash.
    private static bool IsDash(Rune rune) =>
        Rune.GetUnicodeCategory(rune) == UnicodeCategory.DashPunctuation || rune.Value is 0x2212 or 0x2043 or 0x02D7 or 0x30FC;

    // Format and control characters, characters that Unicode says to ignore (variation selectors, fillers), and the keycap of emoji.
    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.Control
        || rune.Value is (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF) or (>= 0x180B and <= 0x180F)
            or 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x3164 or 0x20E3;

    /// <summary>Replaces a lone surrogate, which is invalid text, with the replacement character.</summary>
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
