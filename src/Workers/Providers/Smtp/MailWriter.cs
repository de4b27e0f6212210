using System.Globalization;
using System.Text;

namespace OtpPipeline.Workers.Providers.Smtp;

/// <summary>Writes a message as it goes over the wire: MIME, lines of CRLF, dots doubled at their begin, without the final dot.</summary>
internal static class MailWriter
{
    private const int LongestLine = 998;

    public static byte[] Write(Mail mail, bool eightBit)
    {
        var message = new StringBuilder();
        message.Append("Date: ").Append(mail.Date.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture)).Append("\r\n");
        message.Append("From: ").Append(mail.FromName.Length == 0 ? mail.From : $"{HeaderText.Phrase(mail.FromName)} <{mail.From}>").Append("\r\n");
        message.Append("To: ").Append(mail.To).Append("\r\n");
        if (mail.ReplyTo is not null)
        {
            message.Append("Reply-To: ").Append(mail.ReplyTo).Append("\r\n");
        }

        message.Append("Subject: ").Append(HeaderText.Unstructured(mail.Subject)).Append("\r\n");
        message.Append("Message-ID: ").Append(mail.MessageId).Append("\r\n");
        message.Append("Auto-Submitted: auto-generated\r\n");
        message.Append("MIME-Version: 1.0\r\n");
        if (mail.Html is null)
        {
            Part(message, "text/plain", mail.Text, eightBit);
        }
        else
        {
            message.Append("Content-Type: multipart/alternative; boundary=\"").Append(mail.Boundary).Append("\"\r\n\r\n");
            message.Append("--").Append(mail.Boundary).Append("\r\n");
            Part(message, "text/plain", mail.Text, eightBit);
            message.Append("--").Append(mail.Boundary).Append("\r\n");
            Part(message, "text/html", mail.Html, eightBit);
            message.Append("--").Append(mail.Boundary).Append("--\r\n");
        }

        return Encoding.UTF8.GetBytes(Stuffed(message));
    }

    private static void Part(StringBuilder message, string type, string text, bool eightBit)
    {
        var lines = string.Join("\r\n", text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n', '\r'));
        var encoding = Encode(lines, eightBit);
        message.Append("Content-Type: ").Append(type).Append("; charset=utf-8\r\n");
        message.Append("Content-Transfer-Encoding: ").Append(encoding).Append("\r\n\r\n");
        message.Append(encoding is "base64" ? Convert.ToBase64String(Encoding.UTF8.GetBytes(lines), Base64FormattingOptions.InsertLineBreaks) : lines).Append("\r\n");
    }

    /// <summary>As it is where the server and the length of the lines let it.</summary>
    private static string Encode(string lines, bool eightBit)
    {
        var fits = lines.Split("\r\n").All(l => Encoding.UTF8.GetByteCount(l) <= LongestLine) && !lines.Any(c => c is < ' ' and not ('\r' or '\n' or '\t') or '\u007F');
        return (fits, Ascii.IsValid(lines)) switch
        {
            (true, true) => "7bit",
            (true, false) when eightBit => "8bit",
            _ => "base64",
        };
    }

    private static string Stuffed(StringBuilder message)
    {
        message.Replace("\r\n.", "\r\n..");
        return message.ToString();
    }
}
