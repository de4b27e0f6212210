using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Hosting.Providers.Signatures.Reading;

namespace OtpPipeline.Hosting.Providers.Signatures;

/// <summary>Vonage's sig parameter: a hash over all other fields, sorted by name, one of which is the time.</summary>
internal sealed class VonageSignature : ISignatureScheme
{
    private const string Signature = "sig";
    private readonly Func<string, byte[]> _hash;

    /// <param name="secret">The account's signature secret.</param>
    /// <param name="algorithm">md5hash, or an HMAC: md5, sha1, sha256, sha512.</param>
    public VonageSignature(string secret, string algorithm)
    {
        var key = Encoding.UTF8.GetBytes(secret);
        _hash = algorithm switch
        {
#pragma warning disable CA5351 // MD5 is what an account signs with that was never changed; the provider chose it.
            "md5" => text => HMACMD5.HashData(key, Encoding.UTF8.GetBytes(text)),
            "sha1" => text => HMACSHA1.HashData(key, Encoding.UTF8.GetBytes(text)),
            "sha256" => text => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)),
            "sha512" => text => HMACSHA512.HashData(key, Encoding.UTF8.GetBytes(text)),
            _ => text => MD5.HashData(Encoding.UTF8.GetBytes(text + secret)),
#pragma warning restore CA5351
        };
    }

    public bool IsAuthentic(ReceiptRequest request, ReceiptFields fields, DateTime now)
    {
        if (fields.Root is not { ValueKind: JsonValueKind.Object } root)
        {
            return false;
        }

        var values = root.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.ToString(), StringComparer.Ordinal);
        var text = string.Concat(
            values.Where(v => v.Key is not Signature).OrderBy(v => v.Key, StringComparer.Ordinal)
                .Select(v => $"&{v.Key}={v.Value.Replace('&', '_').Replace('=', '_')}"));
        return SignatureText.Same(Convert.ToHexStringLower(_hash(text)), values.GetValueOrDefault(Signature)?.ToLowerInvariant())
            && SignatureText.IsRecent(values.GetValueOrDefault("timestamp"), now, SignatureText.Tolerance);
    }
}
