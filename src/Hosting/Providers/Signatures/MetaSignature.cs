using System.Security.Cryptography;
using System.Text;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Hosting.Providers.Signatures.Reading;

namespace OtpPipeline.Hosting.Providers.Signatures;

/// <summary>Meta's X-Hub-Signature-256: HMAC-SHA256 over the body; and its challenge when an address is subscribed.</summary>
internal sealed class MetaSignature(string appSecret, string verifyToken) : ISignatureScheme
{
    private const string Header = "X-Hub-Signature-256";
    private readonly byte[] _key = Encoding.UTF8.GetBytes(appSecret);

    public bool IsAuthentic(ReceiptRequest request, ReceiptFields fields, DateTime now) =>
        !request.Body.IsEmpty
        && SignatureText.Same("sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(_key, request.Body.Span)), request.Header(Header));

    public ReceiptReply? Challenge(ReceiptRequest request, ReceiptFields fields) =>
        request.Method is "GET" && verifyToken.Length > 0
        && fields.Query.TryGetValue("hub.mode", out var mode) && mode == "subscribe"
        && fields.Query.TryGetValue("hub.challenge", out var challenge)
        && fields.Query.TryGetValue("hub.verify_token", out var token) && SignatureText.Same(verifyToken, token)
            ? new(200, challenge.ToString())
            : null;
}
