using System.Buffers;
using OtpPipeline.Hosting.Providers.Entries;
using OtpPipeline.Workers.Providers.Templates;

namespace OtpPipeline.Workers.Providers.Http.Requests;

/// <summary>The headers of every request, including credentials.</summary>
internal sealed class CompiledHeaders
{
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // Headers that HTTP itself sets.
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Content-Length", "Content-Type", "Expect", "Host", "Keep-Alive", "Proxy-Authorization", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade",
    };

    private readonly List<(string Name, Template Value)> _headers = [];

    /// <summary>True if the text can be a header value. A control character is refused, because it could start another header.</summary>
    public static bool IsSendable(string value) => !value.Any(char.IsControl);

    public static CompiledHeaders Compile(
        IHttpRequestOptions options, string? idempotencyHeader, HttpAuth auth, Placeholders placeholders, EntryProblems problems)
    {
        var compiled = new CompiledHeaders();
        foreach (var (name, text) in options.Headers)
        {
            compiled.Parse($"Headers:{name}", name, text, placeholders, problems);
        }

        if (idempotencyHeader is { } idempotency)
        {
            compiled.Parse("IdempotencyHeader", idempotency, "{{deliveryId}}", placeholders, problems);
        }

        if (auth.Header is { } credentials)
        {
            compiled.Add("Auth", credentials.Name, Template.Literal(credentials.Value), credentials.Value, problems);
        }

        var twice = compiled._headers.GroupBy(h => h.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null)
        {
            problems.Add("Headers", $"give {twice.Key} twice.");
        }

        return compiled;
    }

    /// <summary>Returns false if a value cannot be sent in a header.</summary>
    public bool TryWrite(HttpRequestMessage request, Func<string, string> values)
    {
        foreach (var (name, template) in _headers)
        {
            var value = template.Render(values, ValueEncoding.AsIs);
            if (!IsSendable(value) || !request.Headers.TryAddWithoutValidation(name, value))
            {
                return false;
            }
        }

        return true;
    }

    private void Parse(string key, string name, string text, Placeholders placeholders, EntryProblems problems)
    {
        if (placeholders.Parse(text, out var problem) is { } template)
        {
            Add(key, name, template, text, problems);
        }
        else
        {
            problems.Add(key, problem);
        }
    }

    private void Add(string key, string name, Template template, string text, EntryProblems problems)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(TokenCharacters))
        {
            problems.Add(key, "is no name of a header.");
        }
        else if (Reserved.Contains(name))
        {
            problems.Add(key, "is a header that is written anyway; Body:ContentType sets the content type.");
        }
        else if (!IsSendable(text))
        {
            problems.Add(key, "has a control character in it.");
        }
        else
        {
            _headers.Add((name, template));
        }
    }
}
