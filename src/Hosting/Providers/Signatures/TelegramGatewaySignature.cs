using System.Security.Cryptography;
using System.Text;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Hosting.Providers.Signatures.Reading;

namespace OtpPipeline.Hosting.Providers.Signatures;

/// <summary>Telegram Gateway's X-Request-Signature: HMAC-SHA256 over a time and the body, under the hash of the access token.</summary>
/// <remarks>The time is not judged: reports are repeated, and a repeated receipt changes nothing.</remarks>
internal sealed class TelegramGatewaySignature(string accessToken) : ISignatureScheme
{
    private const string Header = "X-Request-Signature";
    private const string TimeHeader = "X-Request-Timestamp";
    private readonly byte[] _key = SHA256.HashData(Encoding.UTF8.GetBytes(accessToken));

    public bool IsAuthentic(ReceiptRequest request, ReceiptFields fields, DateTime now)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{request.Header(TimeHeader)}\n"), .. request.Body.Span];
        return SignatureText.Same(Convert.ToHexStringLower(HMACSHA256.HashData(_key, signed)), request.Header(Header));
    }
}
