using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OtpPipeline.Workers.Providers.Http.Requests;

/// <summary>A token that an application of Vonage signs with its private key, for each request.</summary>
internal sealed class VonageRequestSigner : IRequestSigner
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(15);
    private static readonly string Header = Base64Url.EncodeToString("""{"alg":"RS256","typ":"JWT"}"""u8);
    private readonly string _applicationId;
    private readonly RSAParameters _key;

    private VonageRequestSigner(string applicationId, RSAParameters key) => (_applicationId, _key) = (applicationId, key);

    /// <summary>Returns null if the text is no private key in PEM form.</summary>
    public static VonageRequestSigner? Create(string applicationId, string privateKey)
    {
        using var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(privateKey);
            return new(applicationId, rsa.ExportParameters(includePrivateParameters: true));
        }
        catch (Exception wrong) when (wrong is ArgumentException or CryptographicException)
        {
            return null;
        }
    }

    public void Sign(HttpRequestMessage request, ReadOnlySpan<byte> body, DateTime now)
    {
        var issued = new DateTimeOffset(now, TimeSpan.Zero).ToUnixTimeSeconds();
        var claims = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["application_id"] = _applicationId,
            ["iat"] = issued,
            ["exp"] = issued + (long)Life.TotalSeconds,
            ["jti"] = Guid.CreateVersion7(),
        });
        var text = $"{Header}.{Base64Url.EncodeToString(claims)}";
        using var rsa = RSA.Create(_key);
        var signature = rsa.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {text}.{Base64Url.EncodeToString(signature)}");
    }

    /// <summary>Prints the type name only.</summary>
    public override string ToString() => nameof(VonageRequestSigner);
}
