using System.Text.RegularExpressions;

namespace OtpPipeline.Workers.Providers.Smtp;

/// <summary>Reads the message id from a server's final answer; receipts use this id.</summary>
internal static partial class SmtpMessageId
{
    private const int Longest = 255;
    private const int LongestAnswer = 1024;

    /// <summary>Returns null if the answer has no id in a known form.</summary>
    public static string? In(string answer)
    {
        var match = Known().Match(answer.Length > LongestAnswer ? answer[..LongestAnswer] : answer);
        var id = match.Groups["id"].Value;
        return match.Success && id.Length <= Longest && id.Any(char.IsAsciiDigit) ? id : null;
    }

    // Postfix and most relays; Haraka; Exim; Gmail; Amazon SES and SparkPost ("Ok <id>"); Sendmail and OpenSMTPD.
    [GeneratedRegex(
        @"\bqueued as <?(?<id>[!-~-[<>(),;]]+)|\bqueued \((?<id>[!-~-[()]]+)\)|\bid=(?<id>[!-~-[,;]]+)"
        + @"|^([245](\.\d{1,3}){2} )?OK +(\d+ (?<id>[!-~]+) - gsmtp|(?!id=)(?<id>[!-~]+))\r?$"
        + @"|^([245](\.\d{1,3}){2} )?(?<id>[!-~]+) Message accepted for delivery",
        RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Known();
}
