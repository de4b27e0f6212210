using System.Net.Http.Headers;
using System.Text;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Stores;
using OtpPipeline.Workers.Connections;
using OtpPipeline.Workers.Providers.Entries;
using OtpPipeline.Workers.Providers.Templates;

namespace OtpPipeline.Workers.Providers.Http;

/// <summary>A compiled entry: builds requests and maps answers. Compilation finds every error in the entry.</summary>
internal sealed class HttpDescription
{
    private static readonly StringWithQualityHeaderValue Identity = new("identity");
    private readonly HttpMethod _method;
    private readonly Dictionary<string, string> _secrets;
    private readonly CompiledAddress? _address;
    private readonly CompiledHeaders _headers;
    private readonly (Template Template, Func<int, string, string> Encode, string ContentType)? _body;

    public HttpDescription(HttpProviderOptions options, EntryProblems problems)
    {
        _method = HttpMethod.Parse(options.Method);
        _secrets = ReadSecrets(options, problems);
        string[] placeholders = [.. MessageValues.Names, .. _secrets.Keys.Select(name => MessageValues.Secret + name)];
        var auth = HttpAuth.Compile(options.Auth, problems);
        if (options.Body is { TemplateFile: not null } body)
        {
            body.Template = EntryFiles.Value("Body:Template", body.Template, body.TemplateFile, problems);
        }

        _address = CompiledAddress.Compile(options, auth, placeholders, problems);
        _headers = CompiledHeaders.Compile(options, auth, placeholders, problems);
        _body = CompileBody(options, placeholders, problems);
        Rules = AnswerRules.Compile(options, problems);
    }

    public AnswerRules Rules { get; }

    /// <summary>Returns null if a value of this message cannot be sent in a header.</summary>
    public HttpRequestMessage? Write(OutgoingDelivery delivery, out GuardedContent content)
    {
        var values = MessageValues.From(delivery, _secrets);
        var text = _body is { } body ? body.Template.Render(values, body.Encode) : "";
        content = new(
            Encoding.UTF8.GetBytes(text), _body is { } typed ? MediaTypeHeaderValue.Parse(typed.ContentType) : null,
            delivery.Lease ?? LeaseClock.Endless);
        var request = new HttpRequestMessage(_method, _address!.From(values)) { Content = content };
        if (_headers.TryWrite(request, values))
        {
            if (request.Headers.AcceptEncoding.Count == 0)
            {
                request.Headers.AcceptEncoding.Add(Identity);
            }

            return request;
        }

        request.Dispose();
        return null;
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

    private (Template Template, Func<int, string, string> Encode, string ContentType)? CompileBody(
        HttpProviderOptions options, IReadOnlyCollection<string> placeholders, EntryProblems problems)
    {
        if (options.Body is not { } body)
        {
            return null;
        }

        if (!BodyFormat.All.TryGetValue(body.Format, out var format))
        {
            problems.Add("Body:Format", $"must be {string.Join(", ", BodyFormat.All.Keys)}.");
            return null;
        }

        if (string.IsNullOrEmpty(body.Template))
        {
            problems.Add("Body:Template", "is missing.");
            return null;
        }

        if (format.ContentType is not null && _method == HttpMethod.Get)
        {
            problems.Add("Body:Format", "must be query where Method is GET, which has no body.");
        }

        if (body.ContentType is { } type && !MediaTypeHeaderValue.TryParse(type, out _))
        {
            problems.Add("Body:ContentType", "is no content type.");
        }

        if (Template.Parse(body.Template, placeholders, out var problem) is not { } template)
        {
            if (format.ContentType is not null)
            {
                problems.Add("Body:Template", problem);
            }

            return null;
        }

        if (BodyProbe.Find(format, template) is { } wrong)
        {
            problems.Add("Body:Template", wrong);
        }

        return format.ContentType is null ? null : (template, format.Encoders(template), body.ContentType ?? format.ContentType);
    }
}
