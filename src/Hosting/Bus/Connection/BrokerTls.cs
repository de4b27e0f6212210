using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RabbitMQ.Client;

namespace OtpPipeline.Hosting.Bus.Connection;

/// <summary>The authorities that an amqps broker's certificate must come from, and this process's client certificate.</summary>
internal sealed class BrokerTls
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");
    private readonly X509Certificate2Collection? _authorities;
    private readonly X509Certificate2? _client;

    private BrokerTls(X509Certificate2Collection? authorities, X509Certificate2? client) => (_authorities, _client) = (authorities, client);

    /// <summary>Reads the files that the options name; adds a sentence with the key for each problem.</summary>
    public static BrokerTls Read(RabbitMqOptions options, ICollection<string> problems) =>
        new(ReadAuthorities(options.CaFile, problems), ReadClient(options, problems));

    /// <summary>Checks the chain itself, against the name of this host.</summary>
    public SslOption ToOption(string host) => new(host, enabled: true)
    {
        Version = SslProtocols.None,
        AcceptablePolicyErrors = SslPolicyErrors.None,
        CertificateValidationCallback = (_, certificate, chain, errors) => Accepts(certificate, chain, errors),
        Certs = _client is null ? null : [_client],
    };

    private bool Accepts(X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        if (_authorities is null)
        {
            return errors == SslPolicyErrors.None;
        }

        // The machine's verdict on the chain is ignored: only the authorities of the file count.
        if ((errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None || certificate is null)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(ServerAuthentication);
        if (sent is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        }

        using var leaf = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return chain.Build(leaf);
    }

    private static X509Certificate2Collection? ReadAuthorities(string? file, ICollection<string> problems)
    {
        if (string.IsNullOrEmpty(file))
        {
            return null;
        }

        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
            if (authorities.Count == 0)
            {
                problems.Add("RabbitMq:CaFile names a file without a certificate in PEM form.");
            }
        }
        catch (Exception failure) when (IsUnreadable(failure))
        {
            problems.Add("RabbitMq:CaFile names a file that cannot be read.");
        }

        return authorities;
    }

    private static X509Certificate2? ReadClient(RabbitMqOptions options, ICollection<string> problems)
    {
        if (string.IsNullOrEmpty(options.ClientCertificateFile))
        {
            if (!string.IsNullOrEmpty(options.ClientCertificateKeyFile))
            {
                problems.Add("RabbitMq:ClientCertificateKeyFile is set without RabbitMq:ClientCertificateFile.");
            }

            return null;
        }

        try
        {
            return Load(options.ClientCertificateFile, options.ClientCertificateKeyFile, options.ClientCertificatePassword);
        }
        catch (Exception failure) when (IsUnreadable(failure))
        {
            problems.Add(
                "RabbitMq:ClientCertificateFile cannot be read: it must be a certificate in PEM form with its key in " +
                "RabbitMq:ClientCertificateKeyFile, "
                + "or a PKCS #12 file (.pfx), with RabbitMq:ClientCertificatePassword where one is needed.");
            return null;
        }
    }

    private static X509Certificate2 Load(string file, string? keyFile, string? password)
    {
        var certificate = string.IsNullOrEmpty(keyFile) ? X509CertificateLoader.LoadPkcs12FromFile(file, password)
            : string.IsNullOrEmpty(password) ? X509Certificate2.CreateFromPemFile(file, keyFile)
            : X509Certificate2.CreateFromEncryptedPemFile(file, password, keyFile);
        return certificate.HasPrivateKey ? certificate : throw new CryptographicException("The certificate has no private key.");
    }

    private static bool IsUnreadable(Exception failure) =>
        failure is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException or NotSupportedException;
}
