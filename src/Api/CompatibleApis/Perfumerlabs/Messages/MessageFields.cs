using OtpPipeline.Core.Messages;

namespace OtpPipeline.Api.CompatibleApis.Perfumerlabs.Messages;

/// <summary>The fields of a message, which differ by channel.</summary>
internal static class MessageFields
{
    private const int MaxMessage = 4096;
    private const int MaxSubject = 998;

    /// <summary>The sentence for the first required field that is missing.</summary>
    public static string? Missing(PerfumerlabsChannel channel, PerfumerlabsFields fields)
    {
        if (channel == PerfumerlabsChannel.Email)
        {
            return fields.Missing("email", "password", "subject", "lifetime") ?? (fields["html"].IsAbsent ? fields.Missing("text") : null);
        }

        return channel == PerfumerlabsChannel.Call
            ? fields.Missing("phone", "password", "lifetime")
            : fields.Missing(channel.Field, "password", "message", "lifetime");
    }

    /// <summary>The message, or the sentence for what is wrong with it.</summary>
    public static (CallerMessage? Message, string? Sentence) Read(PerfumerlabsChannel channel, PerfumerlabsFields fields, string password)
    {
        if (channel == PerfumerlabsChannel.Email)
        {
            return ReadEmail(fields);
        }

        var message = fields["message"];
        if (message.IsAbsent)
        {
            return (new(Spoken(password)), null);
        }

        return message.Text is { Length: <= MaxMessage } text && IsText(text)
            ? (new(text), null)
            : (null, "\"message\" must be a text of at most 4096 characters, without control characters");
    }

    private static (CallerMessage? Message, string? Sentence) ReadEmail(PerfumerlabsFields fields)
    {
        var (subject, text, html) = (fields["subject"], fields["text"], fields["html"]);
        if (subject.Text is not { } line || !PerfumerlabsFields.IsPrintable(line, 1, MaxSubject))
        {
            return (null, "\"subject\" must be one line of at most 998 printable characters");
        }

        if (text.Malformed || !IsText(text.Text ?? ""))
        {
            return (null, "\"text\" must be a text without control characters");
        }

        if (html.Malformed || !IsText(html.Text ?? ""))
        {
            return (null, "\"html\" must be a text without control characters");
        }

        // Clients that cannot show HTML get the same text; a page with only pictures leaves the subject.
        var plain = text.Text ?? HtmlText.From(html.Text!);
        return (new(plain.Length > 0 ? plain : line, line, html.Text), null);
    }

    /// <summary>Separates the characters, so that a voice reads them one by one.</summary>
    private static string Spoken(string password) => string.Join(", ", password.EnumerateRunes());

    private static bool IsText(string text) => !text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'));
}
