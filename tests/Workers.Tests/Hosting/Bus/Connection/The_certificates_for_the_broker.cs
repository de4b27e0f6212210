using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography.X509Certificates;
using OtpPipeline.Hosting.Bus.Connection;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Hosting.Bus.Connection;

public sealed class The_certificates_for_the_broker : IDisposable
{
    private const string Unreadable =
        "RabbitMq:ClientCertificateFile cannot be read: it must be a certificate in PEM form with its key in " +
        "RabbitMq:ClientCertificateKeyFile, "
        + "or a PKCS #12 file (.pfx), with RabbitMq:ClientCertificatePassword where one is needed.";

    private readonly string _folder = Directory.CreateTempSubdirectory("otp-broker-certificates").FullName;
    private readonly TestAuthority _authority = new();

    [Fact]
    public void May_be_left_out() => Sentences(new() { Uri = "amqps://broker" }).ShouldBeEmpty();

    [Fact]
    public void Are_read_as_PEM_and_as_PKCS12()
    {
        using var certificate = _authority.Issue(Flaw.None);
        var pem = Write("client.pem", certificate.ExportCertificatePem());
        var key = Write("client.key", certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        var pfx = Path.Combine(_folder, "client.pfx");
        File.WriteAllBytes(pfx, certificate.Export(X509ContentType.Pkcs12, "secret"));

        Sentences(Tls(o => (o.CaFile, o.ClientCertificateFile, o.ClientCertificateKeyFile) = (_authority.File, pem, key))).ShouldBeEmpty();
        Sentences(Tls(o => (o.ClientCertificateFile, o.ClientCertificatePassword) = (pfx, "secret"))).ShouldBeEmpty();
        Sentences(Tls(o => (o.ClientCertificateFile, o.ClientCertificatePassword) = (pfx, "wrong"))).ShouldBe([Unreadable]);
        Sentences(Tls(o => o.ClientCertificateFile = pem)).ShouldBe([Unreadable]);
    }

    [Fact]
    public void Stop_the_host_with_a_sentence_where_a_file_is_wrong()
    {
        var empty = Write("empty.pem", "");

        Sentences(Tls(o => o.CaFile = "/no/such/file")).ShouldBe(["RabbitMq:CaFile names a file that cannot be read."]);
        Sentences(Tls(o => o.CaFile = empty)).ShouldBe(["RabbitMq:CaFile names a file without a certificate in PEM form."]);
        Sentences(Tls(o => o.ClientCertificateFile = "/no/such/file")).ShouldBe([Unreadable]);
        Sentences(Tls(o => o.ClientCertificateKeyFile = empty)).ShouldBe(
            ["RabbitMq:ClientCertificateKeyFile is set without RabbitMq:ClientCertificateFile."]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("amqp://broker")]
    public void Need_TLS(string? uri) => Sentences(new() { Uri = uri, CaFile = _authority.File })
        .ShouldBe([
            "RabbitMq:CaFile and RabbitMq:ClientCertificateFile need TLS: set RabbitMq:Uri to amqps://... or RabbitMq:Tls to true.",
        ]);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static RabbitMqOptions Tls(Action<RabbitMqOptions> set)
    {
        var options = new RabbitMqOptions { Uri = "amqps://broker" };
        set(options);
        return options;
    }

    private static List<string> Sentences(RabbitMqOptions options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        return results.ConvertAll(r => r.ErrorMessage!);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
