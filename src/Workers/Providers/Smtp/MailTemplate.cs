using System.Net;
using MimeKit;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Hosting.Providers.Entries;
using OtpPipeline.Workers.Providers.Templates;

namespace OtpPipeline.Workers.Providers.Smtp;

/// <summary>The parts of an e-mail that all recipients share, and the placeholders for a message's values.</summary>
internal sealed class MailTemplate(
    string from, string? replyTo, string domain, Template subject, Template? fromName, Template? html, MailHeaders headers,
    bool receipts)
{
    /// <summary>Returns null if an option is invalid.</summary>
    public static MailTemplate? Compile(SmtpProviderOptions options, EntryProblems problems)
    {
        var before = problems.Sentences.Count;
        var from = Address("From", options.From, problems);
        var replyTo = Address("ReplyTo", options.ReplyTo, problems);
        if (options.MessageIdDomain is not null && !EmailAddress.TryParse($"x@{options.MessageIdDomain}", out _))
        {
            problems.Add("MessageIdDomain", "is no domain.");
        }

        var subject = Parse("Subject", options.Subject, problems);
        var fromName = Parse("FromName", options.FromName, problems);
        var html = Parse("Html", EntryFiles.Value("Html", options.Html, options.HtmlFile, problems), problems);
        var headers = MailHeaders.Compile(options, problems);
        var domain = options.MessageIdDomain ?? from?[(from.IndexOf('@', StringComparison.Ordinal) + 1)..];
        return problems.Sentences.Count > before || subject is null || from is null
            ? null
            : new(from, replyTo, domain!, subject, fromName, html, headers, options is { Receipts: true, Receipt: not null });
    }

    public OutgoingMail Write(OutgoingDelivery delivery, DateTimeOffset now)
    {
        var values = MessageValues.From(delivery);
        var name = MailHeaders.OneLine(fromName?.Render(values, ValueEncoding.AsIs) ?? "");
        var title = MailHeaders.OneLine(delivery.Message?.Subject ?? subject.Render(values, ValueEncoding.AsIs));
        var mail = new OutgoingMail(
            new(name, from),
            new("", delivery.Details.Recipient),
            delivery.Text,
            delivery.Message is { } own ? own.Html : html?.Render(values, WebUtility.HtmlEncode))
        {
            Date = now.ToUniversalTime(),
            Subject = title,
            Id = $"<{delivery.Delivery.Id:N}@{domain}>",
        };
        MailHeaders.KeepText(mail.Headers.Single(h => h.Id == HeaderId.Subject), title);
        MailHeaders.KeepText(mail.Headers.Single(h => h.Id == HeaderId.From), name, $"\r\n <{from}>");
        if (replyTo is not null)
        {
            mail.ReplyTo.Add(new MailboxAddress("", replyTo));
        }

        mail.Headers.Add("Message-ID", mail.Id);
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        headers.AddTo(mail, values, receipts ? delivery.ReceiptToken : null);
        return mail;
    }

    /// <summary>Returns the address with its domain in ASCII.</summary>
    private static string? Address(string key, string? text, EntryProblems problems)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (EmailAddress.TryParse(text, out var address))
        {
            return address.Value;
        }

        problems.Add(key, "is no e-mail address.");
        return null;
    }

    private static Template? Parse(string key, string? text, EntryProblems problems)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var template = Template.Parse(text, MessageValues.Names, out var problem);
        if (template is null)
        {
            problems.Add(key, problem);
        }

        return template;
    }
}
