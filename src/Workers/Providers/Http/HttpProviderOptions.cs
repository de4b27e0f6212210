using System.ComponentModel.DataAnnotations;
using OtpPipeline.Workers.Providers.Templates;

namespace OtpPipeline.Workers.Providers.Http;

/// <summary>
/// An entry of section <c>Providers</c> with Type http: a gateway described by data alone. docs/providers.md has examples.
/// </summary>
public sealed class HttpProviderOptions
{
    /// <summary>http.</summary>
    public string Type { get; set; } = "";

    /// <summary>POST (default), PUT, PATCH or GET.</summary>
    [RegularExpression("(?i)POST|PUT|PATCH|GET", ErrorMessage = "The field Method must be POST, PUT, PATCH or GET.")]
    public string Method { get; set; } = "POST";

    /// <summary>Absolute http or https address; placeholders in its path and query.</summary>
    [Required(ErrorMessage = "The field Url is missing: give the gateway's address.")]
    public string Url { get; set; } = "";

    /// <summary>Further headers by name; placeholders in their values.</summary>
    public IDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Name of a header that carries the delivery's id, for gateways that take a repeated request once.</summary>
    public string? IdempotencyHeader { get; set; }

    /// <summary>How the gateway knows us; nothing by default.</summary>
    public HttpAuthOptions? Auth { get; set; }

    /// <summary>Values by name, for {{secret.name}} in the address, a header or the body.</summary>
    public IDictionary<string, string> Secrets { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The same, each read from a file.</summary>
    public IDictionary<string, string> SecretFiles { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What is sent; nothing by default.</summary>
    public HttpBodyOptions? Body { get; set; }

    /// <summary>When the gateway has taken the message; any status 200 to 299 by default.</summary>
    public HttpSuccessOptions Success { get; set; } = new();

    /// <summary>Where the answer has the gateway's id of the message; nowhere by default.</summary>
    public HttpMessageIdOptions? MessageId { get; set; }

    /// <summary>What other answers mean; asked in their order, before <see cref="Success"/>.</summary>
    public IList<HttpRefusalOptions> Refusals { get; init; } = [];

    /// <summary>For the connection with its TLS. 100 ms to 1 minute; default 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>http://host:port of a proxy. None by default; no environment variable is asked.</summary>
    public string? Proxy { get; set; }

    /// <summary>
    /// Lets <see cref="Url"/> be http:// to any address: PINs and credentials cross the network in clear. False by default.
    /// </summary>
    public bool AllowPlainHttp { get; set; }

    /// <summary>Networks (CIDR) that <see cref="Url"/> may lead into over http://, such as 10.1.0.0/16; loopback always.</summary>
    public IList<string> PlainHttpNetworks { get; init; } = [];

    /// <summary>PEM file of the only authorities that the gateway's certificate may come from; the machine's by default.</summary>
    public string? CaFile { get; set; }
}

/// <summary>Credentials of a described provider.</summary>
public sealed class HttpAuthOptions
{
    /// <summary>basic, bearer, query or header.</summary>
    public string Scheme { get; set; } = "";

    /// <summary>Of basic.</summary>
    public string? Username { get; set; }

    /// <summary>Of basic.</summary>
    public string? Password { get; set; }

    /// <summary>File that holds <see cref="Password"/>.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>Of query and header: the parameter's or the header's name.</summary>
    public string? Name { get; set; }

    /// <summary>Of bearer, query and header.</summary>
    public string? Token { get; set; }

    /// <summary>File that holds <see cref="Token"/>.</summary>
    public string? TokenFile { get; set; }
}

/// <summary>What a described provider sends.</summary>
public sealed class HttpBodyOptions
{
    /// <summary>json, form, xml, text, or query, which adds the template to the address. Values are encoded for it.</summary>
    public string Format { get; set; } = "";

    /// <summary>The body, with placeholders.</summary>
    public string? Template { get; set; }

    /// <summary>File that holds <see cref="Template"/>.</summary>
    public string? TemplateFile { get; set; }

    /// <summary>The header Content-Type, where the format's own will not do. The text is UTF-8 always.</summary>
    public string? ContentType { get; set; }
}

/// <summary>Which answers are meant: those that fit all that is given.</summary>
public abstract class HttpMatchOptions
{
    /// <summary>Statuses with commas between: 200, 4xx, 500-599.</summary>
    public string? Status { get; set; }

    /// <summary>Regular expression that the body holds somewhere; without lookarounds and back references.</summary>
    public string? BodyMatches { get; set; }

    /// <summary>
    /// Path to a value of a JSON body: $.messages[0].status. Without <see cref="JsonEquals"/> it must be there and not null.
    /// </summary>
    public string? JsonPath { get; set; }

    /// <summary>The value at <see cref="JsonPath"/>, as text.</summary>
    public string? JsonEquals { get; set; }
}

/// <summary>When the gateway has taken the message.</summary>
public sealed class HttpSuccessOptions : HttpMatchOptions;

/// <summary>What one kind of refusal means.</summary>
public sealed class HttpRefusalOptions : HttpMatchOptions
{
    /// <summary>final, transient, throttled, or unknown (it may have been sent).</summary>
    public string As { get; set; } = "";

    /// <summary>
    /// Stable code in lower snake case, at most 64 characters; refused, unavailable, throttled or answer_unclear by default.
    /// </summary>
    [RegularExpression("[a-z][a-z0-9_]{0,63}", ErrorMessage = "The field Reason must be in lower snake case, with at most 64 characters.")]
    public string? Reason { get; set; }
}

/// <summary>Where the gateway's id of a message is: one of the three.</summary>
public sealed class HttpMessageIdOptions
{
    /// <summary>Path to a value of a JSON body.</summary>
    public string? JsonPath { get; set; }

    /// <summary>Regular expression on the body; its first group, or the whole match.</summary>
    public string? Regex { get; set; }

    /// <summary>Name of a header.</summary>
    public string? Header { get; set; }
}
