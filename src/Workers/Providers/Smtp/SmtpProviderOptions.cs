using System.ComponentModel.DataAnnotations;
using OtpPipeline.Hosting.Providers.Entries;
using OtpPipeline.Hosting.Providers.Receipts;

namespace OtpPipeline.Workers.Providers.Smtp;

/// <summary>How a connection to a mail server is encrypted.</summary>
public enum SmtpSecurity
{
    /// <summary>Starts unencrypted and switches to TLS before any other exchange; a server without STARTTLS is refused.</summary>
    StartTls,

    /// <summary>TLS from the first byte.</summary>
    Tls,

    /// <summary>No encryption.</summary>
    None,
}

/// <summary>An entry of section <c>Providers</c> with Type smtp: a mail server that relays our messages.</summary>
public sealed class SmtpProviderOptions : ProviderEntryOptions
{
    /// <summary>Name or address of the mail server; its certificate must be valid for this name.</summary>
    [Required(ErrorMessage = "The field Host is missing: name the mail server.")]
    public string Host { get; set; } = "";

    /// <summary>1 to 65535; 587 with StartTls, 465 with Tls, 25 with None by default.</summary>
    [Range(1, 65535)]
    public int? Port { get; set; }

    /// <summary>StartTls (default), Tls or None.</summary>
    public SmtpSecurity Security { get; set; } = SmtpSecurity.StartTls;

    /// <summary>User name for the log-in; no log-in by default.</summary>
    public string? Username { get; set; }

    /// <summary>The password of <see cref="Username"/>.</summary>
    public string? Password { get; set; }

    /// <summary>File that holds <see cref="Password"/>.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>The sender's address, also used in the envelope.</summary>
    [Required(ErrorMessage = "The field From is missing: give the sender's address.")]
    public string From { get; set; } = "";

    /// <summary>The sender's name, with placeholders such as {{from}}; none by default.</summary>
    public string? FromName { get; set; }

    /// <summary>Reply address; <see cref="From"/> by default.</summary>
    public string? ReplyTo { get; set; }

    /// <summary>Subject, with placeholders.</summary>
    public string Subject { get; set; } = "Your verification code";

    /// <summary>HTML with placeholders, in addition to the text; none by default. Values are HTML-encoded.</summary>
    public string? Html { get; set; }

    /// <summary>File that holds <see cref="Html"/>.</summary>
    public string? HtmlFile { get; set; }

    /// <summary>Additional headers, such as a relay's configuration set; values may have placeholders.</summary>
    public IDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>What the receipts of the mail server's provider look like; none by default.</summary>
    public ReceiptOptions? Receipt { get; set; }

    /// <summary>False to ask for no receipts, although they are described. Default true.</summary>
    public bool Receipts { get; set; } = true;

    /// <summary>Right side of the Message-ID; the domain of <see cref="From"/> by default.</summary>
    public string? MessageIdDomain { get; set; }

    /// <summary>Host name in our greeting; our address on that connection by default.</summary>
    public string? HelloName { get; set; }

    /// <summary>PEM file of the only authorities trusted for the server's certificate; the machine's by default.</summary>
    public string? CaFile { get; set; }

    /// <summary>Time-out for the connection including TLS and log-in. 100 ms to 1 minute; default 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Time-out for each answer before the message is handed over. 100 ms to 1 minute; default 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ReplyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Unused connections kept for the next message. 0 to 100; default 8.</summary>
    [Range(0, 100)]
    public int IdleConnections { get; set; } = 8;

    /// <summary>
    /// How long an unused connection is kept; set it shorter than the server's limit. 1 second to 10 minutes; default 30 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
