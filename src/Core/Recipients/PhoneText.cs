using System.Buffers;

namespace OtpPipeline.Core.Recipients;

/// <summary>What people write, reduced to digits.</summary>
internal static class PhoneText
{
    private const int LongestText = 250;
    private const int FewestDigits = 3;

    // Tildes are left out: they also announce an extension, and an OTP cannot be sent to one.
    private static readonly SearchValues<char> Separators = SearchValues.Create(
        "-./()[] \u00A0\u00AD\u200B\u2010\u2011\u2012\u2013\u2014\u2015\u2060\u2212\u3000\u30FC\uFF08\uFF09\uFF0D\uFF0E\uFF0F\uFF3B\uFF3D");

    /// <summary>The digits of a text that may be a phone number, or null. A plus sign counts only as the very first character.</summary>
    public static string? Digits(string text, out bool international)
    {
        international = text.Length > 0 && text[0] is '+' or '\uFF0B';
        if (text.Length > LongestText)
        {
            return null;
        }

        Span<char> digits = stackalloc char[LongestText];
        var count = 0;
        foreach (var character in text.AsSpan(international ? 1 : 0))
        {
            if (Digit(character) is { } digit)
            {
                digits[count++] = digit;
            }
            else if (!Separators.Contains(character))
            {
                return null;
            }
        }

        // Two digits are a number only when nothing stands beside them.
        var enough = count >= FewestDigits || (count == FewestDigits - 1 && text.Length == count);
        return enough ? new string(digits[..count]) : null;
    }

    private static char? Digit(char character) => character switch
    {
        >= '0' and <= '9' => character,
        >= '\uFF10' and <= '\uFF19' => (char)('0' + character - '\uFF10'),
        >= '\u0660' and <= '\u0669' => (char)('0' + character - '\u0660'),
        >= '\u06F0' and <= '\u06F9' => (char)('0' + character - '\u06F0'),
        _ => null,
    };
}
