using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OtpPipeline.Workers.Tests.Support;

/// <summary>What is wrong with a server's certificate.</summary>
public enum Flaw
{
    None,
    WrongName,
    UnknownAuthority,
    Expired,
}

/// <summary>An authority of the tests' own, made in memory.</summary>
internal sealed class TestAuthority
{
    private readonly X509Certificate2 _certificate;

    public TestAuthority()
    {
        var now = TimeProvider.System.GetUtcNow();
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=Tests {Guid.NewGuid():N}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        _certificate = request.CreateSelfSigned(now.AddDays(-30), now.AddDays(1));
        File = Path.Combine(Directory.CreateTempSubdirectory("otp-authority").FullName, "authority.pem");
        System.IO.File.WriteAllText(File, _certificate.ExportCertificatePem());
    }

    /// <summary>The authority's certificate in PEM form.</summary>
    public string File { get; }

    /// <summary>A certificate of this authority, for localhost unless the name is to be wrong.</summary>
    public X509Certificate2 Issue(Flaw flaw) => Issue(flaw == Flaw.WrongName ? "elsewhere.example" : "localhost", flaw == Flaw.Expired);

    public X509Certificate2 Issue(string host, bool expired)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        names.AddIpAddress(IPAddress.Parse("192.0.2.1"));
        request.CertificateExtensions.Add(names.Build());
        var until = expired ? now.AddMinutes(-1) : now.AddHours(12);
        using var issued = request.Create(_certificate, now.AddDays(-20), until, RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }
}
