using System.Globalization;
using System.Text;
using OtpPipeline.Core.Messages;

namespace OtpPipeline.Core.Applications.Identifiers;

/// <summary>The text of a WhatsApp authentication message.</summary>
/// <remarks>The platform approves a fixed text with the code as its one variable, without links or emoji.</remarks>
internal static class AuthenticationText
{
    public const string Expected = "1 to 1024 characters of one line with {{pin}} once, without another variable, a link or emoji";

    private const int Longest = 1024;

    public static bool IsValid(string text) =>
        text.Length <= Longest
        && text.Split(MessageText.Placeholder) is [var before, var after]
        && IsFixed(before)
        && IsFixed(after);

    private static bool IsFixed(string part) =>
        !part.Contains("{{", StringComparison.Ordinal)
        && !part.Contains("}}", StringComparison.Ordinal)
        && !part.Contains("://", StringComparison.Ordinal)
        && !part.Contains("www.", StringComparison.OrdinalIgnoreCase)
        && !part.Any(char.IsControl)
        && !part.EnumerateRunes().Any(r => Rune.GetUnicodeCategory(r) is UnicodeCategory.OtherSymbol or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse);
}
