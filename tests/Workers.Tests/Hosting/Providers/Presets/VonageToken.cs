using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OtpPipeline.Workers.Tests.Hosting.Providers.Presets;

/// <summary>The token in Authorization of a request to Vonage.</summary>
internal sealed class VonageToken
{
    private readonly string[] _parts;

    public VonageToken(ReceivedRequest request)
    {
        request.Headers["Authorization"].ShouldStartWith("Bearer ");
        _parts = request.Headers["Authorization"]["Bearer ".Length..].Split('.');
    }

    public string Header => Encoding.UTF8.GetString(Base64Url.DecodeFromChars(_parts[0]));

    public Dictionary<string, string> Claims => JsonDocument.Parse(Base64Url.DecodeFromChars(_parts[1])).RootElement.EnumerateObject()
        .ToDictionary(p => p.Name, p => p.Value.ToString());

    /// <summary>The key of the samples signed it.</summary>
    public bool IsSigned
    {
        get
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(PresetSample.PrivateKey);
            return rsa.VerifyData(
                Encoding.ASCII.GetBytes($"{_parts[0]}.{_parts[1]}"), Base64Url.DecodeFromChars(_parts[2]), HashAlgorithmName.SHA256,
                RSASignaturePadding.Pkcs1);
        }
    }
}
