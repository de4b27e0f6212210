using System.ComponentModel.DataAnnotations;

namespace OtpPipeline.Hosting.Bus.Connection;

/// <summary>Section <c>RabbitMq</c>: <see cref="Uri"/>, or the address in parts.</summary>
public sealed class RabbitMqOptions : IValidatableObject
{
    public const string Section = "RabbitMq";

    /// <summary>The binder passes over a text where it expects a list.</summary>
    internal const string HostsAreAList = "RabbitMq:Hosts is a list: write one host into RabbitMq:Hosts:0, the next into RabbitMq:Hosts:1.";

    private const string DefaultHost = "localhost";
    private const int PlainPort = 5672;
    private const int TlsPort = 5671;

    /// <summary>amqp://user:password@host:port/vhost, or amqps:// for TLS. Missing parts have RabbitMQ's defaults.</summary>
    public string? Uri { get; set; }

    /// <summary>Name or address of the broker; default localhost. Ignored when <see cref="Uri"/> is set, like what follows.</summary>
    public string? Host { get; set; }

    /// <summary>Nodes of a cluster instead of <see cref="Host"/>, each host or host:port.</summary>
    public string[] Hosts { get; set; } = [];

    /// <summary>1 to 65535, of each host that names none; default 5672, with <see cref="Tls"/> 5671.</summary>
    [Range(1, 65535, ErrorMessage = "RabbitMq:Port must be 1 to 65535.")]
    public int? Port { get; set; }

    /// <summary>Whether the nodes are reached over TLS; with <see cref="Uri"/> its scheme says so.</summary>
    public bool Tls { get; set; }

    /// <summary>Default "/".</summary>
    public string VirtualHost { get; set; } = "/";

    /// <summary>Default guest, which RabbitMQ accepts from its own machine only.</summary>
    public string Username { get; set; } = "guest";

    /// <summary>Default guest.</summary>
    public string Password { get; set; } = "guest";

    /// <summary>Pause between two checks of exchanges, queues and bindings. 1 second to 1 minute; default 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00", ErrorMessage = "RabbitMq:CheckInterval must be 1 second to 1 minute.")]
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>PEM file of the only authorities trusted for the broker's certificate; default: the machine's. For TLS.</summary>
    public string? CaFile { get; set; }

    /// <summary>Certificate that this process presents to the broker: PEM, or PKCS #12 without a key file. For TLS.</summary>
    public string? ClientCertificateFile { get; set; }

    /// <summary>PEM file of the certificate's private key.</summary>
    public string? ClientCertificateKeyFile { get; set; }

    /// <summary>Password of the key file or of the PKCS #12 file; null for none.</summary>
    public string? ClientCertificatePassword { get; set; }

    private bool UsesTls => Uri is null ? Tls : Uri.StartsWith("amqps:", StringComparison.OrdinalIgnoreCase);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ValidateAddress().Concat(ValidateTls());

    /// <summary>The user name with which this process connects to the broker.</summary>
    public string GetUser() => Resolve().Username;

    private IEnumerable<ValidationResult> ValidateAddress() => Uri is null ? ValidateHosts().Concat(ValidateParts()) : ValidateUri(Uri);

    private IEnumerable<ValidationResult> ValidateUri(string text)
    {
        // The sentence leaves the address out: it contains the password.
        if (!System.Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("amqp" or "amqps") || uri.Host.Length == 0)
        {
            yield return new("RabbitMq:Uri must be of the form amqp://user:password@host:port/vhost (or amqps://).");
        }

        if (Hosts.Length > 0)
        {
            yield return new(
                "RabbitMq:Hosts and RabbitMq:Uri are both set: remove RabbitMq:Uri, and write its parts into RabbitMq:Username, " +
                "RabbitMq:Password, RabbitMq:VirtualHost and RabbitMq:Tls.");
        }

        if (Tls && !UsesTls)
        {
            yield return new("RabbitMq:Tls is true and RabbitMq:Uri begins with amqp://: write amqps:// into RabbitMq:Uri.");
        }
    }

    private IEnumerable<ValidationResult> ValidateHosts()
    {
        if (Hosts.Length == 0 && Host is not null && string.IsNullOrWhiteSpace(Host))
        {
            yield return new("RabbitMq:Host is empty: name the broker, or set RabbitMq:Hosts or RabbitMq:Uri.");
        }

        if (Hosts.Length > 0 && !string.IsNullOrWhiteSpace(Host))
        {
            yield return new(
                "RabbitMq:Host and RabbitMq:Hosts are both set: name the nodes of a cluster in RabbitMq:Hosts alone, or one broker in " +
                "RabbitMq:Host.");
        }

        for (var i = 0; i < Hosts.Length; i++)
        {
            if (BrokerNode.Read(Hosts[i], PlainPort) is null)
            {
                yield return new(
                    $"RabbitMq:Hosts:{i} must be host or host:port, such as broker-1.example.com:5672; an IPv6 address stands in [].");
            }
        }
    }

    private IEnumerable<ValidationResult> ValidateParts()
    {
        if (string.IsNullOrEmpty(VirtualHost))
        {
            yield return new("RabbitMq:VirtualHost is empty: \"/\" is the default one.");
        }

        if (string.IsNullOrEmpty(Username))
        {
            yield return new("RabbitMq:Username is empty.");
        }
    }

    private List<ValidationResult> ValidateTls()
    {
        if (CaFile is null && ClientCertificateFile is null && ClientCertificateKeyFile is null)
        {
            return [];
        }

        if (!UsesTls)
        {
            const string NeedTls = "RabbitMq:CaFile and RabbitMq:ClientCertificateFile need TLS";
            return [new($"{NeedTls}: set RabbitMq:Uri to amqps://... or RabbitMq:Tls to true.")];
        }

        var problems = new List<string>();
        _ = BrokerTls.Read(this, problems);
        return problems.ConvertAll(p => new ValidationResult(p));
    }

    internal BrokerAddress Resolve()
    {
        if (Uri is null)
        {
            var portWithoutOne = Port ?? (Tls ? TlsPort : PlainPort);
            IReadOnlyList<BrokerNode> nodes = Hosts.Length == 0
                ? [new(Host ?? DefaultHost, (ushort)portWithoutOne)]
                : [.. Hosts.Select(text => BrokerNode.Read(text, portWithoutOne)).OfType<BrokerNode>()];
            return new(nodes, VirtualHost, Username, Password, Tls);
        }

        var uri = new Uri(Uri);
        var port = uri.IsDefaultPort || uri.Port <= 0 ? (UsesTls ? TlsPort : PlainPort) : uri.Port;
        var path = System.Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/'));
        var user = uri.UserInfo.Split(':', 2);
        return new(
            [new(uri.Host, (ushort)port)],
            path.Length == 0 ? "/" : path,
            user[0].Length == 0 ? Username : System.Uri.UnescapeDataString(user[0]),
            user.Length < 2 ? Password : System.Uri.UnescapeDataString(user[1]),
            UsesTls);
    }
}
