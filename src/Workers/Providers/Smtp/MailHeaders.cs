using System.Text;
using MimeKit;
using OtpPipeline.Hosting.Providers.Entries;
using OtpPipeline.Workers.Providers.Templates;

namespace OtpPipeline.Workers.Providers.Smtp;

internal sealed class MailHeaders
{
    // Eleven characters have at most 44 bytes, which fit in base64 in an encoded word of 75 characters.
    private const int LettersAWord = 11;

    // Headers that every message already has, headers that mail servers write, and signatures.
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "ARC-Authentication-Results", "ARC-Message-Signature", "ARC-Seal", "Auto-Submitted", "Bcc", "Cc", "Date", "DKIM-Signature",
        "DomainKey-Signature", "From", "Message-ID", "MIME-Version", "Received", "Reply-To", "Return-Path", "Sender", "Subject", "To",
    };

    private static readonly string[] ReservedPrefixes = ["Content-", "Resent-"];

    private readonly List<(string Name, Template Value)> _headers = [];

    public static MailHeaders Compile(SmtpProviderOptions options, EntryProblems problems)
    {
        var compiled = new MailHeaders();
        IReadOnlyCollection<string> names =
            options.Receipt is null ? MessageValues.Names : [.. MessageValues.Names, EntryValues.ReceiptToken];
        foreach (var (name, text) in options.Headers)
        {
            var key = $"Headers:{name}";
            if (name.Any(c => c is <= ' ' or ':' or > '~'))
            {
                problems.Add(key, "is no name of a header.");
            }
            else if (Reserved.Contains(name) || ReservedPrefixes.Any(p => name.StartsWith(p, StringComparison.OrdinalIgnoreCase)))
            {
                problems.Add(key, "is a header that the message or a server writes.");
            }
            else if (text.Any(char.IsControl))
            {
                problems.Add(key, "has a control character in it.");
            }
            else if (Template.Parse(text, names, out var problem) is { } template)
            {
                compiled._headers.Add((name, template));
            }
            else
            {
                problems.Add(key, problem);
            }
        }

        return compiled;
    }

    /// <summary>Adds the headers; one with a receipt's token is left out of a message without one.</summary>
    /// <param name="mail">The message.</param>
    /// <param name="values">Values of placeholders.</param>
    /// <param name="receiptToken">Null where no receipt is asked for.</param>
    public void AddTo(MimeMessage mail, Func<string, string> values, string? receiptToken)
    {
        foreach (var (name, template) in _headers.Where(h => receiptToken is not null || !AsksForReceipt(h.Value)))
        {
            var text = OneLine(template.Render(n => n is EntryValues.ReceiptToken ? receiptToken! : values(n), ValueEncoding.AsIs));
            var header = new Header(name, text);
            KeepText(header, text);
            mail.Headers.Add(header);
        }
    }

    private static bool AsksForReceipt(Template template) =>
        template.Placeholders.Any(p => p.Name is EntryValues.ReceiptToken);

    /// <summary>Encodes text that looks like encoded words (RFC 2047). MimeKit would leave it, and the reader would decode it.</summary>
    public static void KeepText(Header header, string text, string behind = "")
    {
        if (text.Contains("=?", StringComparison.Ordinal))
        {
            var words = text.EnumerateRunes().Chunk(LettersAWord)
                .Select(c => $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Concat(c)))}?=");
            header.SetRawValue(Encoding.ASCII.GetBytes($" {string.Join("\r\n ", words)}{behind}\r\n"));
        }
    }

    /// <summary>Removes control characters: a line break would begin another header.</summary>
    public static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
}
