using System.ComponentModel.DataAnnotations;
using OtpPipeline.Hosting.Providers.Entries;
using OtpPipeline.Hosting.Providers.Receipts;
using OtpPipeline.Workers.Providers.Http.Requests;

namespace OtpPipeline.Workers.Providers.Http;

/// <summary>An entry of section <c>Providers</c> with Type http: describes a gateway by data alone. Examples: docs/providers.md.</summary>
public sealed class HttpProviderOptions : ProviderEntryOptions, IHttpRequestOptions
{
    /// <summary>POST (default), PUT, PATCH or GET.</summary>
    [RegularExpression("(?i)POST|PUT|PATCH|GET", ErrorMessage = "The field Method must be POST, PUT, PATCH or GET.")]
    public string Method { get; set; } = "POST";

    /// <summary>Absolute http or https address; may have placeholders in its path and query.</summary>
    [Required(ErrorMessage = "The field Url is missing: give the gateway's address.")]
    public string Url { get; set; } = "";

    /// <summary>Additional headers by name; values may have placeholders.</summary>
    public IDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Name of a header that carries the delivery id, for gateways that process a repeated request once.</summary>
    public string? IdempotencyHeader { get; set; }

    /// <summary>Our credentials for the gateway; none by default.</summary>
    public HttpAuthOptions? Auth { get; set; }

    /// <summary>Values by name, for {{secret.name}} in the address, a header or the body.</summary>
    public IDictionary<string, string> Secrets { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Secrets by name, each read from a file.</summary>
    public IDictionary<string, string> SecretFiles { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The request body; empty by default.</summary>
    public HttpBodyOptions? Body { get; set; }

    /// <summary>Tables by name, for {{value|map:name}}: from a value to another, "*" for every other value.</summary>
    public IDictionary<string, Dictionary<string, string>> Maps { get; init; } =
        new Dictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);

    /// <summary>Answers that mean success; any status 200 to 299 by default.</summary>
    public HttpSuccessOptions Success { get; set; } = new();

    /// <summary>Where the answer holds the gateway's message id; nowhere by default.</summary>
    public HttpMessageIdOptions? MessageId { get; set; }

    /// <summary>What other answers mean; checked in order, before <see cref="Success"/>.</summary>
    public IList<HttpRefusalOptions> Refusals { get; init; } = [];

    /// <summary>Path in a JSON body to the seconds that the gateway asks to wait; the header Retry-After without it.</summary>
    public string? RetryAfter { get; set; }

    /// <summary>What the gateway's receipts look like; none by default.</summary>
    public ReceiptOptions? Receipt { get; set; }

    /// <summary>False to ask for no receipts, although they are described. Default true.</summary>
    public bool Receipts { get; set; } = true;

    /// <summary>What a call says, where the gateway fetches that from us; none by default.</summary>
    public HttpScriptOptions? Script { get; set; }

    /// <summary>The request that tells the gateway whether its message led to a verification; none by default.</summary>
    public HttpFeedbackOptions? Feedback { get; set; }

    /// <summary>Time-out for the connection including TLS. 100 ms to 1 minute; default 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>http://host:port of a proxy. None by default; environment variables are ignored.</summary>
    public string? Proxy { get; set; }

    /// <summary>
    /// Allows http:// in <see cref="Url"/> to any address: PINs and credentials cross the network unencrypted. Default false.
    /// </summary>
    public bool AllowPlainHttp { get; set; }

    /// <summary>Networks (CIDR) that <see cref="Url"/> may reach over http://, such as 10.1.0.0/16. Loopback is always allowed.</summary>
    public IList<string> PlainHttpNetworks { get; init; } = [];

    /// <summary>PEM file of the only authorities trusted for the gateway's certificate; the machine's by default.</summary>
    public string? CaFile { get; set; }
}

/// <summary>Selects the answers that fit all given conditions.</summary>
public abstract class HttpMatchOptions
{
    /// <summary>Comma-separated statuses: 200, 4xx, 500-599.</summary>
    public string? Status { get; set; }

    /// <summary>Regular expression found anywhere in the body; no lookarounds or back references.</summary>
    public string? BodyMatches { get; set; }

    /// <summary>
    /// Path to a value in a JSON body: $.messages[0].status. Without JsonEquals and JsonIn the value must exist and not be null.
    /// </summary>
    /// <remarks>With [*] it leads to several values: a success needs all of them, a refusal one.</remarks>
    public string? JsonPath { get; set; }

    /// <summary>Required text of the value at <see cref="JsonPath"/>.</summary>
    public string? JsonEquals { get; set; }

    /// <summary>Instead of <see cref="JsonEquals"/>: comma-separated texts, and ranges of numbers such as 200-299.</summary>
    public string? JsonIn { get; set; }
}

/// <summary>Answers that mean that the gateway has taken the message.</summary>
public sealed class HttpSuccessOptions : HttpMatchOptions;

/// <summary>Answers of one kind of refusal, and what they mean.</summary>
public sealed class HttpRefusalOptions : HttpMatchOptions
{
    /// <summary>recipient (the step ends), provider (the next provider), throttled, or unknown (it may have been sent).</summary>
    public string As { get; set; } = "";

    /// <summary>
    /// Stable code in lower snake case, at most 64 characters. Default refused, unavailable, throttled or answer_unclear.
    /// </summary>
    [RegularExpression("[a-z][a-z0-9_]{0,63}", ErrorMessage = "The field Reason must be in lower snake case, with at most 64 characters.")]
    public string? Reason { get; set; }
}

/// <summary>Where the gateway's message id is: exactly one of the three.</summary>
public sealed class HttpMessageIdOptions
{
    /// <summary>Path to a value in a JSON body.</summary>
    public string? JsonPath { get; set; }

    /// <summary>Regular expression on the body; the id is its first group, or else the whole match.</summary>
    public string? Regex { get; set; }

    /// <summary>Name of a header.</summary>
    public string? Header { get; set; }
}
