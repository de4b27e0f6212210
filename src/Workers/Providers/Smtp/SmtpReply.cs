using System.Globalization;

namespace OtpPipeline.Workers.Providers.Smtp;

/// <summary>What a mail server answered: its code, the enhanced code where it has one, and the text of each line.</summary>
internal sealed record SmtpReply(int Code, string? Enhanced, IReadOnlyList<string> Lines)
{
    private const int MostLines = 100;

    public bool IsPositive => Code is >= 200 and < 300;

    /// <summary>Reads the lines of one reply: "250-first", "250 last".</summary>
    /// <exception cref="SmtpProtocolException">They are no reply.</exception>
    public static async Task<SmtpReply> ReadAsync(Func<ValueTask<string>> line)
    {
        var code = 0;
        List<string> lines = [];
        while (lines.Count < MostLines)
        {
            var text = await line();
            if (text.Length < 3 || !int.TryParse(text.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number is < 200 or > 599 || (code != 0 && number != code) || (text.Length > 3 && text[3] is not (' ' or '-')))
            {
                throw new SmtpProtocolException("The server's answer is no SMTP reply.");
            }

            code = number;
            lines.Add(text.Length > 4 ? text[4..] : "");
            if (text.Length == 3 || text[3] == ' ')
            {
                return new(code, EnhancedOf(code, lines[0]), lines);
            }
        }

        throw new SmtpProtocolException("The server's answer has too many lines.");
    }

    /// <summary>The codes only: the text may quote a recipient.</summary>
    public override string ToString() => Enhanced is null ? $"{Code}" : $"{Code} {Enhanced}";

    /// <summary>RFC 3463: class, subject and detail, such as 5.1.1; its class is that of the code.</summary>
    private static string? EnhancedOf(int code, string text)
    {
        var word = text.Split(' ', 2)[0];
        var parts = word.Split('.');
        return parts.Length == 3 && parts[0].Length == 1 && parts[0][0] - '0' == code / 100
            && parts.Skip(1).All(p => p.Length is 1 or 2 or 3 && !p.AsSpan().ContainsAnyExceptInRange('0', '9'))
            ? word
            : null;
    }
}

/// <summary>The server does not speak SMTP as it should.</summary>
internal sealed class SmtpProtocolException(string message) : Exception(message);

/// <summary>A session with the server could not begin; nothing was sent.</summary>
/// <param name="reason">Stable code of the outcome.</param>
/// <param name="message">What happened, without a secret.</param>
/// <param name="ours">The entry in configuration is wrong, as far as one can tell.</param>
internal sealed class SmtpSessionException(string reason, string message, bool ours) : Exception(message)
{
    public string Reason { get; } = reason;

    public bool Ours { get; } = ours;
}
