using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using OtpPipeline.Core.Stores;
using OtpPipeline.Hosting.Providers.Entries;
using OtpPipeline.Workers.Connections;
using OtpPipeline.Workers.Providers.Templates;

namespace OtpPipeline.Workers.Providers.Http.Requests;

/// <summary>A compiled request: method, address, headers and body, filled with the values of each message.</summary>
internal sealed class HttpRequestTemplate
{
    private static readonly StringWithQualityHeaderValue Identity = new("identity");
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly HttpMethod _method;
    private readonly CompiledAddress? _address;
    private readonly CompiledHeaders _headers;
    private readonly string? _contentType;
    private readonly IRequestSigner? _signer;
    private readonly Func<Func<string, string>, string> _body = _ => "";

    public HttpRequestTemplate(
        IHttpRequestOptions options, string? idempotencyHeader, HttpAuth auth, Placeholders placeholders, EntryProblems problems)
    {
        _method = HttpMethod.Parse(options.Method);
        _signer = auth.Signer;
        if (options.Body is { TemplateFile: not null } body)
        {
            body.Template = EntryFiles.Value("Body:Template", body.Template, body.TemplateFile, problems);
        }

        var fields = options.Body is { Fields.Count: > 0 } form ? FormFields.Compile(form.Fields, placeholders, problems) : null;
        _address = CompiledAddress.Compile(
            options, auth, placeholders, CompiledAddress.IsQuery(options.Body) ? fields : null, problems);
        _headers = CompiledHeaders.Compile(options, idempotencyHeader, auth, placeholders, problems);
        if (options.Body is { } described && CompileBody(described, fields, placeholders, problems) is var (render, contentType))
        {
            (_body, _contentType) = (render, contentType);
        }
    }

    /// <summary>Returns null if a value cannot be sent in a header.</summary>
    /// <param name="values">Finds the value of a placeholder.</param>
    /// <param name="now">UTC time, for signatures.</param>
    /// <param name="lease">The claim under which it may go out.</param>
    /// <param name="moment">Awaited right before the request is written; null for no wait.</param>
    /// <param name="content">Its body.</param>
    public HttpRequestMessage? Write(
        Func<string, string> values, DateTime now, LeaseClock lease, Func<CancellationToken, ValueTask>? moment,
        out GuardedContent content)
    {
        var body = Encoding.UTF8.GetBytes(_body(values));
        content = new(body, _contentType is { } type ? MediaTypeHeaderValue.Parse(type) : null, lease, moment);
        var request = new HttpRequestMessage(_method, _address!.From(values)) { Content = content };
        if (_headers.TryWrite(request, values))
        {
            if (request.Headers.AcceptEncoding.Count == 0)
            {
                request.Headers.AcceptEncoding.Add(Identity);
            }

            _signer?.Sign(request, body, now);
            return request;
        }

        request.Dispose();
        return null;
    }

    private (Func<Func<string, string>, string> Render, string ContentType)? CompileBody(
        HttpBodyOptions body, FormFields? fields, Placeholders placeholders, EntryProblems problems)
    {
        if (!BodyFormat.All.TryGetValue(body.Format, out var format))
        {
            problems.Add("Body:Format", $"must be {string.Join(", ", BodyFormat.All.Keys)}.");
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

        if (body.OmitEmpty && format.Name is not BodyFormat.Json)
        {
            problems.Add("Body:OmitEmpty", "is for the format json; an empty field of a form or query is left out anyway.");
        }

        if (fields is not null)
        {
            if (format.Name is not (BodyFormat.Form or BodyFormat.Query))
            {
                problems.Add("Body:Fields", "is for the formats form and query.");
            }

            if (string.IsNullOrEmpty(body.Template))
            {
                return format.ContentType is null ? null : (fields.Render, body.ContentType ?? format.ContentType);
            }
        }

        return CompileTemplate(body, format, placeholders, problems) is not var (render, contentType) ? null
            : fields is null ? (render, contentType)
            : (values => $"{render(values)}&{fields.Render(values)}", contentType);
    }

    private static (Func<Func<string, string>, string> Render, string ContentType)? CompileTemplate(
        HttpBodyOptions body, BodyFormat format, Placeholders placeholders, EntryProblems problems)
    {
        if (string.IsNullOrEmpty(body.Template))
        {
            problems.Add("Body:Template", "is missing.");
            return null;
        }

        if (placeholders.Parse(body.Template, out var problem) is not { } template)
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

        if (format.ContentType is null)
        {
            return null;
        }

        var encode = format.Encoders(template);
        return (
            values => template.Render(values, encode) is var text && body.OmitEmpty ? WithoutEmpty(text) : text,
            body.ContentType ?? format.ContentType);
    }

    private static string WithoutEmpty(string text)
    {
        var root = JsonNode.Parse(text)!;
        Strip(root);
        return root.ToJsonString(Relaxed);
    }

    /// <summary>Removes empty texts, and objects and arrays that are empty without them; returns whether the node itself is.</summary>
    private static bool Strip(JsonNode? node)
    {
        switch (node)
        {
            case JsonValue single:
                return single.GetValueKind() == JsonValueKind.String && single.GetValue<string>().Length == 0;
            case JsonArray { Count: > 0 } items:
                items.Where(Strip).ToList().ForEach(item => items.Remove(item));
                return items.Count == 0;
            case JsonObject { Count: > 0 } properties:
                properties.Where(p => Strip(p.Value)).ToList().ForEach(p => properties.Remove(p.Key));
                return properties.Count == 0;
            default:
                return false;
        }
    }
}
