using OtpPipeline.Hosting.Providers.Entries;
using OtpPipeline.Workers.Providers.Templates;

namespace OtpPipeline.Workers.Providers.Http.Requests;

/// <summary>Builds the address of each request. Values are percent-encoded and never reach the host part.</summary>
internal sealed class CompiledAddress
{
    private readonly Template _template;
    private readonly int _inPath;
    private readonly FormFields? _query;

    private CompiledAddress(Template template, int inPath, FormFields? query) =>
        (_template, _inPath, _query) = (template, inPath, query);

    public static CompiledAddress? Compile(
        IHttpRequestOptions options, HttpAuth auth, Placeholders placeholders, FormFields? query, EntryProblems problems)
    {
        if (string.IsNullOrEmpty(options.Url))
        {
            return null;
        }

        // The credentials are text, not a template. Percent-encoded, they contain no brace.
        var credentials = auth.Query is { } pair ? $"{ValueEncoding.Percent(pair.Name)}={ValueEncoding.Percent(pair.Value)}" : "";
        var more = IsQuery(options.Body) ? options.Body!.Template ?? "" : "";
        var text = new[] { more, credentials }.Where(t => t.Length > 0).Aggregate(WithPath(options.Url), WithQuery);
        if (placeholders.Parse(text, out var problem) is not { } template)
        {
            problems.Add(
                IsQuery(options.Body) && placeholders.Parse(options.Url, out _) is not null ? "Body:Template" : "Url", problem);
            return null;
        }

        if (Problem(options.Url, template) is { } wrong)
        {
            problems.Add("Url", wrong);
        }

        var path = options.Url.Split('?')[0];
        return new(template, placeholders.Parse(path, out _)?.Placeholders.Count() ?? 0, query);
    }

    public Uri From(Func<string, string> values)
    {
        var url = _template.Render(
            values, (index, value) => index < _inPath ? ValueEncoding.PathSegment(value) : ValueEncoding.Percent(value));
        return ToUri(_query?.Render(values) is { Length: > 0 } query ? WithQuery(url, query) : url)!;
    }

    public static bool IsQuery(HttpBodyOptions? body) => string.Equals(body?.Format, BodyFormat.Query, StringComparison.OrdinalIgnoreCase);

    private static string? Problem(string url, Template template)
    {
        var sample = template.Render(_ => "x", ValueEncoding.AsIs);
        if (ToUri(sample) is not { } uri || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0 || uri.Port == 0
            || !Uri.IsWellFormedUriString(sample, UriKind.Absolute))
        {
            return "must be an absolute address, http:// or https://, with everything but the placeholders percent-encoded.";
        }

        if (uri.UserInfo.Length > 0)
        {
            return "may hold no credentials: use Auth.";
        }

        if (url.Contains('#', StringComparison.Ordinal))
        {
            return "may hold no fragment.";
        }

        var path = url.IndexOfAny(['/', '?'], url.IndexOf("://", StringComparison.Ordinal) + 3);
        var first = url.IndexOf("{{", StringComparison.Ordinal);
        if (first >= 0 && (path < 0 || first < path))
        {
            return "may have placeholders in its path and query only.";
        }

        // The caller chooses the name: as path segment ".." it would lead to another path.
        var end = url.IndexOf('?', StringComparison.Ordinal) is var question && question < 0 ? url.Length : question;
        return path >= 0 && path < end && url[path..end].Contains($"{{{{{MessageValues.Name}", StringComparison.Ordinal)
            ? "may have {{name}} in its query only."
            : null;
    }

    // Uri adds no path here, and a request needs one.
    private static string WithPath(string url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = url.IndexOfAny(['/', '?'], start);
        return end < 0 ? url + "/" : url[end] == '?' ? url.Insert(end, "/") : url;
    }

    private static string WithQuery(string url, string more) => $"{url}{(url.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{more}";

    // Encoded text must stay as it is: by default Uri decodes some of it again.
    private static Uri? ToUri(string text) =>
        Uri.TryCreate(text, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }, out var uri) ? uri : null;
}
