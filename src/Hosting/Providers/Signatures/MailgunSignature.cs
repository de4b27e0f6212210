using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Hosting.Providers.Signatures.Reading;

namespace OtpPipeline.Hosting.Providers.Signatures;

/// <summary>Mailgun's signature within the body: HMAC-SHA256 over a time and a random token.</summary>
/// <remarks>
/// It covers none of the event, so its preset finds deliveries by the secret token of theirs that Mailgun echoes, and by nothing else.
/// Mailgun repeats an event for eight hours.
/// </remarks>
internal sealed class MailgunSignature(string signingKey) : ISignatureScheme
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromHours(12);
    private readonly byte[] _key = Encoding.UTF8.GetBytes(signingKey);

    public bool IsAuthentic(ReceiptRequest request, ReceiptFields fields, DateTime now) =>
        fields.Root is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("signature", out var signature)
        && Text(signature, "timestamp") is { } timestamp && Text(signature, "token") is { } token
        && SignatureText.Same(
            Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(timestamp + token))), Text(signature, "signature"))
        && SignatureText.IsRecent(timestamp, now, Tolerance);

    private static string? Text(JsonElement signature, string name) =>
        signature.ValueKind == JsonValueKind.Object && signature.TryGetProperty(name, out var value)
        && value.ValueKind is JsonValueKind.String or JsonValueKind.Number
            ? value.ToString()
            : null;
}
