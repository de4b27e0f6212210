using System.Security.Cryptography.X509Certificates;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Providers.Smtp;

/// <summary>A server's certificate from an authority of the test's own, as PEM files.</summary>
internal sealed class Certificates : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("otp-certificates").FullName;
    private readonly TestAuthority _authority = new();

    public Certificates(string host = "localhost", bool expired = false)
    {
        using var certificate = _authority.Issue(host, expired);
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(CertificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
    }

    public string AuthorityFile => _authority.File;

    public string CertificateFile => Path.Combine(_folder, "server.pem");

    public string KeyFile => Path.Combine(_folder, "server.key");

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
