using System.Net;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Providers.Entries;
using OtpPipeline.Workers.Providers.Templates;

namespace OtpPipeline.Workers.Providers.Smtp;

/// <summary>What of an e-mail is the same for all recipients, and where a message's values go.</summary>
internal sealed class MailTemplate
{
    private readonly SmtpProviderOptions _options;
    private readonly string _domain;
    private readonly Template _subject;
    private readonly Template? _fromName;
    private readonly Template? _html;

    private MailTemplate(SmtpProviderOptions options, Template subject, Template? fromName, Template? html)
    {
        _options = options;
        _subject = subject;
        _fromName = fromName;
        _html = html;
        _domain = options.MessageIdDomain ?? options.From[(options.From.IndexOf('@', StringComparison.Ordinal) + 1)..];
    }

    /// <summary>Null where something is wrong.</summary>
    public static MailTemplate? Compile(SmtpProviderOptions options, EntryProblems problems)
    {
        var before = problems.Sentences.Count;
        if (options.From.Length > 0 && !EmailAddress.TryParse(options.From, out _))
        {
            problems.Add("From", "is no e-mail address.");
        }

        if (options.ReplyTo is not null && !EmailAddress.TryParse(options.ReplyTo, out _))
        {
            problems.Add("ReplyTo", "is no e-mail address.");
        }

        if (options.MessageIdDomain is not null && !EmailAddress.TryParse($"x@{options.MessageIdDomain}", out _))
        {
            problems.Add("MessageIdDomain", "is no domain.");
        }

        var subject = Parse("Subject", options.Subject, problems);
        var fromName = Parse("FromName", options.FromName, problems);
        var html = Parse("Html", EntryFiles.Value("Html", options.Html, options.HtmlFile, problems), problems);
        return problems.Sentences.Count > before || subject is null || options.From.Length == 0 ? null : new(options, subject, fromName, html);
    }

    public Mail Write(OutgoingDelivery delivery, DateTimeOffset now)
    {
        var values = MessageValues.Of(delivery);
        var id = delivery.Delivery.Id.ToString("N");
        return new(
            _options.From,
            _fromName?.Render(values, ValueEncoding.AsIs) ?? "",
            delivery.Details.Recipient,
            _options.ReplyTo,
            delivery.Message?.Subject ?? _subject.Render(values, ValueEncoding.AsIs),
            delivery.Text,
            delivery.Message is { } own ? own.Html : _html?.Render(values, WebUtility.HtmlEncode),
            $"<{id}@{_domain}>",
            $"=_{id}",
            now);
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
