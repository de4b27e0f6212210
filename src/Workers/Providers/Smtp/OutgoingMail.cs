using System.Buffers;
using MimeKit;
using MimeKit.IO;

namespace OtpPipeline.Workers.Providers.Smtp;

/// <summary>A message that reports when all of it except the final dot has been sent.</summary>
internal sealed class OutgoingMail : MimeMessage
{
    public OutgoingMail(MailboxAddress sender, MailboxAddress recipient, string text, string? html)
        : base(Enumerable.Empty<Header>())
    {
        (EnvelopeSender, EnvelopeRecipient) = (sender, recipient);
        From.Add(sender);
        To.Add(recipient);
        var plain = new EncodedText(this, "plain", text);
        Body = html is null ? plain : new EncodedAlternative(this) { plain, new EncodedText(this, "html", html) };
    }

    public MailboxAddress EnvelopeSender { get; }

    public MailboxAddress EnvelopeRecipient { get; }

    /// <summary>The Message-ID, with angle brackets.</summary>
    public required string Id { get; init; }

    /// <summary>Progress of the session that sends the message.</summary>
    public SmtpProgress? Progress { get; set; }

    /// <summary>Writes the content before the final dot; MailKit would send the last bytes and the dot together.</summary>
    private async Task WriteBodyAsync(
        MimeEntity body, FormatOptions options, Stream stream, bool contentOnly, CancellationToken cancellationToken)
    {
        Progress?.BeginContent();
        using var content = new MemoryStream();
        body.WriteTo(options, content, contentOnly, cancellationToken);
        await stream.WriteAsync(content.GetBuffer().AsMemory(0, (int)content.Length), cancellationToken);
        await stream.FlushAsync(cancellationToken);
        if (stream is FilteredStream { Source: var connection })
        {
            await connection.FlushAsync(cancellationToken);
        }

        Progress?.EndContent();
    }

    private sealed class EncodedText : TextPart
    {
        // Line breaks and tabs stay unchanged.
        private static readonly SearchValues<char> Controls =
            SearchValues.Create([.. Enumerable.Range(0, ' ').Append('\u007F').Select(c => (char)c).Except(['\r', '\n', '\t'])]);

        private readonly OutgoingMail _mail;

        public EncodedText(OutgoingMail mail, string subtype, string text)
            : base(subtype)
        {
            _mail = mail;
            Text = string.Join("\r\n", text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n', '\r'));
            if (text.AsSpan().ContainsAny(Controls))
            {
                ContentTransferEncoding = ContentEncoding.Base64;
            }
        }

        public override void Prepare(EncodingConstraint constraint, int maxLineLength = 78)
        {
            base.Prepare(constraint, maxLineLength);
            if (ContentTransferEncoding == ContentEncoding.QuotedPrintable)
            {
                ContentTransferEncoding = ContentEncoding.Base64;
            }
        }

        public override Task WriteToAsync(
            FormatOptions options, Stream stream, bool contentOnly, CancellationToken cancellationToken = default) =>
            _mail.WriteBodyAsync(this, options, stream, contentOnly, cancellationToken);
    }

    private sealed class EncodedAlternative(OutgoingMail mail) : MultipartAlternative
    {
        public override Task WriteToAsync(
            FormatOptions options, Stream stream, bool contentOnly, CancellationToken cancellationToken = default) =>
            mail.WriteBodyAsync(this, options, stream, contentOnly, cancellationToken);
    }
}
