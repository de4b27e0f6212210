using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using OtpPipeline.Hosting.Providers.Signatures.Reading;

namespace OtpPipeline.Hosting.Providers.Signatures.Sns;

/// <summary>A message that AWS SNS posts: a notification, or the request to confirm a subscription.</summary>
/// <param name="Type">One of the constants, or another kind.</param>
/// <param name="TopicArn">The topic.</param>
/// <param name="Message">The text within.</param>
/// <param name="SigningCertUrl">Where the certificate is, as the message says.</param>
/// <param name="SubscribeUrl">Where a subscription is confirmed, as the message says.</param>
/// <param name="Signed">What the signature covers.</param>
/// <param name="SignatureVersion">1 (SHA-1) or 2 (SHA-256).</param>
/// <param name="Signature">In base64.</param>
internal sealed record SnsMessage(
    string Type, string TopicArn, string Message, string SigningCertUrl, string? SubscribeUrl, string Signed, string SignatureVersion,
    string Signature)
{
    public const string Notification = "Notification";
    public const string SubscriptionConfirmation = "SubscriptionConfirmation";

    private static readonly string[] OfNotification = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];

    private static readonly string[] OfConfirmation =
        ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];

    /// <summary>Returns null for anything else; SNS sends JSON as text/plain.</summary>
    public static SnsMessage? Read(ReadOnlyMemory<byte> body)
    {
        if (ReceiptFields.ParseJson(body) is not { ValueKind: JsonValueKind.Object } root)
        {
            return null;
        }

        var fields = root.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.String)
            .ToDictionary(p => p.Name, p => p.Value.GetString()!, StringComparer.Ordinal);
        if (!fields.TryGetValue("Type", out var type) || !fields.TryGetValue("TopicArn", out var topic)
            || !fields.TryGetValue("Message", out var message) || !fields.TryGetValue("SigningCertURL", out var certificate)
            || !fields.TryGetValue("SignatureVersion", out var version) || !fields.TryGetValue("Signature", out var signature))
        {
            return null;
        }

        var names = type is Notification ? OfNotification : OfConfirmation;
        var signed = string.Concat(names.Where(fields.ContainsKey).Select(n => $"{n}\n{fields[n]}\n"));
        return new(type, topic, message, certificate, fields.GetValueOrDefault("SubscribeURL"), signed, version, signature);
    }

    /// <summary>True if the key of the certificate signed the message while it was valid.</summary>
    public bool IsSignedBy(X509Certificate2 certificate, DateTime now)
    {
        var signature = new byte[Signature.Length];
        if (now < certificate.NotBefore.ToUniversalTime() || now > certificate.NotAfter.ToUniversalTime()
            || !Convert.TryFromBase64String(Signature, signature, out var length) || Hash() is not { } hash)
        {
            return false;
        }

        using var key = certificate.GetRSAPublicKey();
        return key?.VerifyData(Encoding.UTF8.GetBytes(Signed), signature.AsSpan(0, length), hash, RSASignaturePadding.Pkcs1) == true;
    }

    /// <summary>Prints the kind only: the message holds a recipient.</summary>
    public override string ToString() => Type;

    private HashAlgorithmName? Hash() => SignatureVersion switch
    {
        // What SNS signs with unless a topic's settings say otherwise.
        "1" => HashAlgorithmName.SHA1,
        "2" => HashAlgorithmName.SHA256,
        _ => null,
    };
}
