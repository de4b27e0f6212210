using System.Security.Cryptography;
using System.Text;

namespace OtpPipeline.Core.Callbacks;

/// <summary>Signatures and secrets of Standard Webhooks.</summary>
public static class CallbackSignature
{
    public const string IdHeader = "webhook-id";
    public const string TimestampHeader = "webhook-timestamp";
    public const string SignatureHeader = "webhook-signature";

    private const string SecretPrefix = "whsec_";
    private const int MinSecret = 24;
    private const int MaxSecret = 64;

    /// <summary>Value of the signature header: one signature per secret, all of them valid.</summary>
    /// <param name="secrets">The secrets' bytes.</param>
    /// <param name="webhookId">Value of the id header.</param>
    /// <param name="timestamp">Value of the timestamp header, in Unix seconds.</param>
    /// <param name="body">The body as sent.</param>
    public static string Sign(IReadOnlyList<byte[]> secrets, string webhookId, long timestamp, ReadOnlySpan<byte> body)
    {
        var head = Encoding.UTF8.GetBytes($"{webhookId}.{timestamp}.");
        var signatures = new string[secrets.Count];
        for (var i = 0; i < signatures.Length; i++)
        {
            using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secrets[i]);
            hmac.AppendData(head);
            hmac.AppendData(body);
            signatures[i] = $"v1,{Convert.ToBase64String(hmac.GetHashAndReset())}";
        }

        return string.Join(' ', signatures);
    }

    /// <summary>Parses "whsec_" and base64 of 24 to 64 bytes.</summary>
    public static bool TryParseSecret(string? text, out byte[] secret)
    {
        Span<byte> bytes = stackalloc byte[MaxSecret + 3];
        if (text is not null
            && text.StartsWith(SecretPrefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String(text[SecretPrefix.Length..], bytes, out var length)
            && length is >= MinSecret and <= MaxSecret)
        {
            secret = bytes[..length].ToArray();
            return true;
        }

        secret = [];
        return false;
    }
}
