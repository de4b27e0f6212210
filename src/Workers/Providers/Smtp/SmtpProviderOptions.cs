using System.ComponentModel.DataAnnotations;

namespace OtpPipeline.Workers.Providers.Smtp;

/// <summary>How a connection to a mail server is protected.</summary>
public enum SmtpSecurity
{
    /// <summary>It begins in clear and turns to TLS before anything is said; a server without STARTTLS is refused.</summary>
    StartTls,

    /// <summary>TLS from the first byte.</summary>
    Tls,

    /// <summary>In clear.</summary>
    None,
}

/// <summary>An entry of section <c>Providers</c> with Type smtp: a mail server that relays for us.</summary>
public sealed class SmtpProviderOptions
{
    /// <summary>smtp.</summary>
    public string Type { get; set; } = "";

    /// <summary>Name or address of the mail server; its certificate must be for this name.</summary>
    [Required(ErrorMessage = "The field Host is missing: name the mail server.")]
    public string Host { get; set; } = "";

    /// <summary>1 to 65535; 587 with StartTls, 465 with Tls, 25 with None by default.</summary>
    [Range(1, 65535)]
    public int? Port { get; set; }

    /// <summary>StartTls (default), Tls or None.</summary>
    public SmtpSecurity Security { get; set; } = SmtpSecurity.StartTls;

    /// <summary>Whom we log in as; nobody by default.</summary>
    public string? Username { get; set; }

    /// <summary>The password of <see cref="Username"/>.</summary>
    public string? Password { get; set; }

    /// <summary>File that holds <see cref="Password"/>.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>The sender's address, also of the envelope.</summary>
    [Required(ErrorMessage = "The field From is missing: give the sender's address.")]
    public string From { get; set; } = "";

    /// <summary>The sender's name, with placeholders such as {{from}}; none by default.</summary>
    public string? FromName { get; set; }

    /// <summary>Where answers go; to <see cref="From"/> by default.</summary>
    public string? ReplyTo { get; set; }

    /// <summary>Subject, with placeholders.</summary>
    public string Subject { get; set; } = "Your verification code";

    /// <summary>HTML with placeholders, beside the text; none by default. Values are HTML-encoded.</summary>
    public string? Html { get; set; }

    /// <summary>File that holds <see cref="Html"/>.</summary>
    public string? HtmlFile { get; set; }

    /// <summary>Headers of the entry's own, such as a relay's configuration set; placeholders in the values.</summary>
    public IDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Right side of the Message-ID; the domain of <see cref="From"/> by default.</summary>
    public string? MessageIdDomain { get; set; }

    /// <summary>How we greet the server; our address on that connection by default.</summary>
    public string? HelloName { get; set; }

    /// <summary>PEM file of the only authorities that the server's certificate may come from; the machine's by default.</summary>
    public string? CaFile { get; set; }

    /// <summary>For the connection with its TLS and log-in. 100 ms to 1 minute; default 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>For each answer before the message is handed over. 100 ms to 1 minute; default 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ReplyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Connections kept for the next message. 0 to 100; default 8.</summary>
    [Range(0, 100)]
    public int IdleConnections { get; set; } = 8;

    /// <summary>
    /// How long an unused connection is kept; shorter than the server keeps it. 1 second to 10 minutes; default 30 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
