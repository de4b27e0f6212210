using System.Security.Cryptography;
using System.Text;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Hosting.Providers.Signatures.Reading;

namespace OtpPipeline.Hosting.Providers.Signatures;

/// <summary>The token in Authorization with which Vonage signs the events of calls; it has a hash of the body.</summary>
internal sealed class VonageTokenSignature(string signatureSecret) : ISignatureScheme
{
    private const string Scheme = "Bearer ";
    private readonly byte[] _key = Encoding.UTF8.GetBytes(signatureSecret);

    public bool IsAuthentic(ReceiptRequest request, ReceiptFields fields, DateTime now) =>
        request.Header("Authorization") is { } header && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && SignedToken.Read(header[Scheme.Length..], _key, now) is { } claims
        && SignatureText.Same(
            Convert.ToHexStringLower(SHA256.HashData(request.Body.Span)), claims.GetValueOrDefault("payload_hash")?.ToLowerInvariant());
}
