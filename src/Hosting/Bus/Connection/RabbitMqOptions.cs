using System.ComponentModel.DataAnnotations;
using RabbitMQ.Client;

namespace OtpPipeline.Hosting.Bus.Connection;

/// <summary>Section <c>RabbitMq</c>: <see cref="Uri"/>, or the five others.</summary>
public sealed class RabbitMqOptions : IValidatableObject
{
    public const string Section = "RabbitMq";

    private const int PlainPort = 5672;
    private const int TlsPort = 5671;

    /// <summary>amqp://user:password@host:port/vhost, or amqps:// for TLS. Missing parts have RabbitMQ's defaults.</summary>
    public string? Uri { get; set; }

    /// <summary>Name or address of the broker; default localhost. Ignored when <see cref="Uri"/> is set, like the four below.</summary>
    public string Host { get; set; } = "localhost";

    /// <summary>1 to 65535; default 5672.</summary>
    [Range(1, 65535, ErrorMessage = "RabbitMq:Port must be 1 to 65535.")]
    public int Port { get; set; } = PlainPort;

    /// <summary>Default "/".</summary>
    public string VirtualHost { get; set; } = "/";

    /// <summary>Default guest, which RabbitMQ accepts from its own machine only.</summary>
    public string Username { get; set; } = "guest";

    /// <summary>Default guest.</summary>
    public string Password { get; set; } = "guest";

    /// <summary>Pause between two checks of exchanges, queues and bindings. 1 second to 1 minute; default 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00", ErrorMessage = "RabbitMq:CheckInterval must be 1 second to 1 minute.")]
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>PEM file of the only authorities trusted for the broker's certificate; default: the machine's. For amqps.</summary>
    public string? CaFile { get; set; }

    /// <summary>Certificate that this process presents to the broker: PEM, or PKCS #12 without a key file. For amqps.</summary>
    public string? ClientCertificateFile { get; set; }

    /// <summary>PEM file of the certificate's private key.</summary>
    public string? ClientCertificateKeyFile { get; set; }

    /// <summary>Password of the key file or of the PKCS #12 file; null for none.</summary>
    public string? ClientCertificatePassword { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ValidateAddress().Concat(ValidateTls());

    /// <summary>The user name with which this process connects to the broker.</summary>
    public string GetUser() => Resolve().Username;

    private IEnumerable<ValidationResult> ValidateAddress()
    {
        if (Uri is not null)
        {
            // The sentence leaves the address out: it contains the password.
            if (!System.Uri.TryCreate(Uri, UriKind.Absolute, out var uri) || uri.Scheme is not ("amqp" or "amqps") || uri.Host.Length == 0)
            {
                yield return new("RabbitMq:Uri must be of the form amqp://user:password@host:port/vhost (or amqps://).");
            }

            yield break;
        }

        if (string.IsNullOrWhiteSpace(Host))
        {
            yield return new("RabbitMq:Host is empty: name the broker, or set RabbitMq:Uri.");
        }

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

        if (Uri?.StartsWith("amqps:", StringComparison.OrdinalIgnoreCase) != true)
        {
            return [new("RabbitMq:CaFile and RabbitMq:ClientCertificateFile need TLS: set RabbitMq:Uri to amqps://...")];
        }

        var problems = new List<string>();
        _ = BrokerTls.Read(this, problems);
        return problems.ConvertAll(p => new ValidationResult(p));
    }

    internal BrokerAddress Resolve()
    {
        if (Uri is null)
        {
            return new(Host, (ushort)Port, VirtualHost, Username, Password, UseTls: false);
        }

        var uri = new Uri(Uri);
        var tls = uri.Scheme is "amqps";
        var port = uri.IsDefaultPort || uri.Port <= 0 ? (tls ? TlsPort : PlainPort) : uri.Port;
        var path = System.Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/'));
        var user = uri.UserInfo.Split(':', 2);
        return new(
            uri.Host,
            (ushort)port,
            path.Length == 0 ? "/" : path,
            user[0].Length == 0 ? Username : System.Uri.UnescapeDataString(user[0]),
            user.Length < 2 ? Password : System.Uri.UnescapeDataString(user[1]),
            tls);
    }
}

/// <summary>Address of the broker, and the credentials of this process.</summary>
internal sealed record BrokerAddress(string Host, ushort Port, string VirtualHost, string Username, string Password, bool UseTls)
{
    /// <summary>For a connection that MassTransit does not open. Its user must reconnect by itself.</summary>
    public ConnectionFactory CreateFactory(string connectionName, BrokerTls tls) => new()
    {
        HostName = Host,
        Port = Port,
        VirtualHost = VirtualHost,
        UserName = Username,
        Password = Password,
        Ssl = UseTls ? tls.ToOption(Host) : new SslOption(),
        ClientProvidedName = connectionName,
        AutomaticRecoveryEnabled = false,
        RequestedHeartbeat = TimeSpan.FromSeconds(10),
        RequestedConnectionTimeout = TimeSpan.FromSeconds(10),
    };

    /// <summary>Leaves the password out.</summary>
    public override string ToString() => $"{Host}:{Port}";
}
