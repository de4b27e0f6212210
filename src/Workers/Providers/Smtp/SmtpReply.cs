using System.Globalization;
using System.Text;

namespace OtpPipeline.Workers.Providers.Smtp;

/// <summary>The codes of a mail server's answer. The text may quote a recipient and is not kept.</summary>
/// <param name="Code">The reply code.</param>
/// <param name="Enhanced">The enhanced code; null without one.</param>
/// <param name="Hint">What the words of an answer without an enhanced code say.</param>
internal sealed record SmtpReply(int Code, string? Enhanced, SmtpHint Hint = SmtpHint.None)
{
    /// <summary>Reads the codes of an answer out of its text.</summary>
    public static SmtpReply From(int code, ReadOnlySpan<char> text) =>
        EnhancedCode(code, text) is { } enhanced ? new(code, enhanced) : new(code, null, SmtpHints.In(code, text));

    /// <summary>Returns null if the bytes do not begin with a reply code: "250 ", "250-".</summary>
    public static SmtpReply? Read(ReadOnlySpan<byte> bytes) =>
        bytes.Length > 3 && bytes[3] is (byte)' ' or (byte)'-' or (byte)'\r' or (byte)'\n'
        && int.TryParse(bytes[..3], NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code is >= 200 and < 600
            ? From(code, Encoding.ASCII.GetString(bytes[4..]))
            : null;

    public override string ToString() => Enhanced is null ? $"{Code}" : $"{Code} {Enhanced}";

    /// <summary>RFC 3463 code: class, subject and detail, such as 5.1.1. Its class must match the reply code.</summary>
    private static string? EnhancedCode(int code, ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAny(" \r\n");
        var word = (end < 0 ? text : text[..end]).ToString();
        var parts = word.Split('.');
        return parts.Length == 3 && parts[0].Length == 1 && parts[0][0] - '0' == code / 100
            && parts.Skip(1).All(p => p.Length is 1 or 2 or 3 && !p.AsSpan().ContainsAnyExceptInRange('0', '9'))
            ? word
            : null;
    }
}
