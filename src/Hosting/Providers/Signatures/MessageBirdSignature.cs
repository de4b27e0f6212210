using System.Security.Cryptography;
using System.Text;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Hosting.Providers.Signatures.Reading;

namespace OtpPipeline.Hosting.Providers.Signatures;

/// <summary>MessageBird's MessageBird-Signature-JWT: a token with hashes of the address and of the body.</summary>
internal sealed class MessageBirdSignature(string signingKey) : ISignatureScheme
{
    private const string Header = "MessageBird-Signature-JWT";
    private const string PayloadHash = "payload_hash";
    private readonly byte[] _key = Encoding.UTF8.GetBytes(signingKey);

    public bool IsAuthentic(ReceiptRequest request, ReceiptFields fields, DateTime now) =>
        SignedToken.Read(request.Header(Header), _key, now) is { } claims
        && claims.GetValueOrDefault("iss") is "MessageBird" && claims.ContainsKey("exp")
        && SignatureText.Same(Hash(Encoding.UTF8.GetBytes(request.Url.OriginalString)), claims.GetValueOrDefault("url_hash"))
        && (request.Body.IsEmpty && !claims.ContainsKey(PayloadHash)
            || SignatureText.Same(Hash(request.Body.Span), claims.GetValueOrDefault(PayloadHash)));

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
