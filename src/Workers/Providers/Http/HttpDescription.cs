using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Stores;
using OtpPipeline.Hosting.Providers.Entries;
using OtpPipeline.Hosting.Providers.Presets;
using OtpPipeline.Hosting.Providers.Receipts;
using OtpPipeline.Hosting.Providers.Signatures;
using OtpPipeline.Workers.Connections;
using OtpPipeline.Workers.Providers.Http.Requests;
using OtpPipeline.Workers.Providers.Templates;

namespace OtpPipeline.Workers.Providers.Http;

/// <summary>A compiled entry: builds requests and maps answers. Compilation finds every error in the entry.</summary>
internal sealed class HttpDescription
{
    private readonly EntryValues _values;
    private readonly HttpRequestTemplate _request;

    public HttpDescription(HttpProviderOptions options, ProviderEntry entry, EntryProblems problems)
    {
        var before = problems.Sentences.Count;
        var settings = entry.SettingsForSending();

        // A missing setting is named once, and not where the preset uses it too.
        var ofUse = problems.Sentences.Count == before ? problems : new EntryProblems(entry.Given.Path);
        _values = new(ReadSecrets(options, problems), settings, options is { Receipts: true, Receipt: not null });
        ReadPlaceholders(settings, entry, problems);
        Expand(options, settings);
        var filters = new ValueFilters(
            options.Maps.ToDictionary(
                m => m.Key,
                IReadOnlyDictionary<string, string> (m) => new Dictionary<string, string>(m.Value, StringComparer.OrdinalIgnoreCase),
                StringComparer.Ordinal),
            settings);
        var constants = new Placeholders(_values.Constants, filters);
        var auth = HttpAuth.Compile(
            options.Auth, (key, text) => entry.Preset is null || text is null ? text : Fill(key, text, constants, problems), ofUse);
        var all = new Placeholders(Names(options), filters);
        if (options.Script is { } script)
        {
            _values.Script = HttpScript.Compile(script, options, all, _values, problems) is { } compiled ? compiled.Address : null;
            all = all with { Names = [.. all.Names, EntryValues.ScriptUrl] };
        }

        _request = new(options, options.IdempotencyHeader, auth, all, ofUse);
        if (options.Receipt is { } receipt)
        {
            _ = new ReceiptMapping(receipt, problems);
            if (SignatureSchemes.Check(receipt.Signature, problems) && options.Receipts)
            {
                CheckProof(options, receipt.Signature, all, problems);
            }
        }

        if (options.Feedback is { } feedback)
        {
            Expand(feedback, settings);
            Feedback = new(feedback, auth, _values, filters, ofUse.Within("Feedback"));
        }

        Rules = AnswerRules.Compile(options, problems);
    }

    public AnswerRules Rules { get; }

    /// <summary>Null where the gateway takes none.</summary>
    public HttpFeedback? Feedback { get; }

    /// <summary>Returns null if a value of this message cannot be sent in a header.</summary>
    public HttpRequestMessage? Write(OutgoingDelivery delivery, DateTime now, out GuardedContent content) =>
        _request.Write(_values.From(delivery, now), now, delivery.Lease ?? LeaseClock.Endless, delivery.Moment, out content);

    /// <summary>Settings may stand in the scheme and the host of an address; elsewhere in it, values are encoded.</summary>
    private static void Expand(IHttpRequestOptions options, IReadOnlyDictionary<string, string> settings)
    {
        // Twice: the default of one may name another, such as https://{{setting.Region}}.sms.example.
        foreach (var (name, value) in settings.Concat(settings))
        {
            var placeholder = $"{{{{{EntryValues.Setting}{name}}}}}";
            if (InHost(options.Url, placeholder) is var at and >= 0)
            {
                options.Url = options.Url[..at] + value + options.Url[(at + placeholder.Length)..];
            }
        }
    }

    /// <summary>Returns where the placeholder stands before the path; negative where it does not.</summary>
    private static int InHost(string url, string placeholder)
    {
        var host = url.IndexOf("://", StringComparison.Ordinal) is var scheme && scheme < 0 ? 0 : scheme + 3;
        var path = url.IndexOfAny(['/', '?'], host) is var end && end < 0 ? url.Length : end;
        return url[..path].IndexOf(placeholder, StringComparison.Ordinal);
    }

    /// <summary>Unsigned receipts are authentic at the secret address of a delivery only: the gateway must be given it.</summary>
    private static void CheckProof(
        HttpProviderOptions options, SignatureOptions signature, Placeholders placeholders, EntryProblems problems)
    {
        string[] texts = [options.Url, .. options.Headers.Values, options.Body?.Template ?? "", .. options.Body?.Fields.Values ?? []];
        if (SignatureSchemes.IsUnsigned(signature) && !texts.Any(text => GivesAddress(text, placeholders)))
        {
            problems.Add(
                "Receipt:Signature:Scheme",
                "is none, and the request holds no {{receiptUrl}}: put it into Url, Headers or Body, or name the scheme of the gateway's " +
                "signature.");
        }
    }

    /// <summary>Whether the text tells the gateway the secret address of the delivery: all of it, or the token after our path.</summary>
    private static bool GivesAddress(string text, Placeholders placeholders) =>
        placeholders.Parse(text, out _) is { } template
        && template.Placeholders.Zip(template.Leading).Any(p =>
            p.First.Name is EntryValues.ReceiptUrl
            || (p.First.Name is EntryValues.ReceiptToken && p.Second.EndsWith(ReceiptAddresses.Path, StringComparison.Ordinal)));

    /// <summary>Without a description of receipts, nobody could read those that were asked for.</summary>
    private string[] Names(HttpProviderOptions options) =>
        [.. _values.Names.Where(n => options.Receipt is not null || !EntryValues.OfReceipts.Contains(n, StringComparer.Ordinal))];

    private string Fill(string key, string text, Placeholders constants, EntryProblems problems)
    {
        if (constants.Parse(text, out var problem) is { } template)
        {
            return template.Render(_values.Constant, ValueEncoding.AsIs);
        }

        problems.Add(key, problem);
        return "";
    }

    private void ReadPlaceholders(IReadOnlyDictionary<string, string> settings, ProviderEntry entry, EntryProblems problems)
    {
        foreach (var name in entry.WithPlaceholders)
        {
            if (Template.Parse(settings[name], MessageValues.Names, out var problem) is { } template)
            {
                _values.Replace(name, template);
            }
            else
            {
                problems.Add(name, problem);
            }
        }
    }

    private static Dictionary<string, string> ReadSecrets(HttpProviderOptions options, EntryProblems problems)
    {
        var secrets = new Dictionary<string, string>(options.Secrets, StringComparer.Ordinal);
        foreach (var (name, file) in options.SecretFiles)
        {
            if (secrets.ContainsKey(name))
            {
                problems.Add($"SecretFiles:{name}", $"and Secrets:{name} are both set: keep one of them.");
            }

            secrets[name] = EntryFiles.Content($"SecretFiles:{name}", file, problems) ?? "";
        }

        return secrets;
    }
}
