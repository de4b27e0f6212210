using System.Security.Cryptography;
using System.Text;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Hosting.Providers.Signatures.Reading;

namespace OtpPipeline.Hosting.Providers.Signatures;

/// <summary>SendGrid's signed event webhook: ECDSA over a time and the body.</summary>
/// <remarks>The time is not judged: SendGrid repeats events for a day, and a repeated receipt changes nothing.</remarks>
internal sealed class SendGridSignature(string verificationKey) : ISignatureScheme
{
    private const string Header = "X-Twilio-Email-Event-Webhook-Signature";
    private const string TimeHeader = "X-Twilio-Email-Event-Webhook-Timestamp";
    private const int KeySize = 256;
    private readonly byte[] _key = Convert.FromBase64String(verificationKey);

    /// <summary>Whether the text is a public key of the curve P-256 in base64.</summary>
    public static bool IsKey(string text)
    {
        try
        {
            using var key = Read(Convert.FromBase64String(text));
            return key.KeySize == KeySize;
        }
        catch (Exception wrong) when (wrong is FormatException or CryptographicException)
        {
            return false;
        }
    }

    public bool IsAuthentic(ReceiptRequest request, ReceiptFields fields, DateTime now)
    {
        if (request.Header(Header) is not { } text || request.Header(TimeHeader) is not { } time)
        {
            return false;
        }

        var signature = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, signature, out var length))
        {
            return false;
        }

        byte[] signed = [.. Encoding.UTF8.GetBytes(time), .. request.Body.Span];
        using var key = Read(_key);
        return key.VerifyData(signed, signature.AsSpan(0, length), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    private static ECDsa Read(byte[] bytes)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(bytes, out _);
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }
}
