using System.Text;
using Org.BouncyCastle.Math.EC.Rfc8032;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Hosting.Providers.Signatures.Reading;

namespace OtpPipeline.Hosting.Providers.Signatures;

/// <summary>Telnyx's telnyx-signature-ed25519: a signature with the account's key over time and body.</summary>
/// <param name="publicKey">The account's public key, which <see cref="IsKey"/> found right.</param>
internal sealed class TelnyxSignature(string publicKey) : ISignatureScheme
{
    private readonly byte[] _key = Convert.FromBase64String(publicKey);

    /// <summary>Whether the text is a public key in base64.</summary>
    public static bool IsKey(string text) =>
        Convert.TryFromBase64String(text, new byte[text.Length], out var length) && length == Ed25519.PublicKeySize;

    public bool IsAuthentic(ReceiptRequest request, ReceiptFields fields, DateTime now)
    {
        if (request.Header("telnyx-timestamp") is not { } timestamp || !SignatureText.IsRecent(timestamp, now, SignatureText.Tolerance))
        {
            return false;
        }

        var signature = new byte[Ed25519.SignatureSize];
        if (!Convert.TryFromBase64String(request.Header("telnyx-signature-ed25519") ?? "", signature, out var length)
            || length != signature.Length)
        {
            return false;
        }

        byte[] text = [.. Encoding.UTF8.GetBytes($"{timestamp}|"), .. request.Body.Span];
        return Ed25519.Verify(signature, 0, _key, 0, text, 0, text.Length);
    }
}
