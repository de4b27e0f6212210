using System.Security.Cryptography;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Applications;

/// <summary>Encrypts the secrets of an application, and hashes its keys for lookup.</summary>
public static class ApplicationSecrets
{
    public static byte[] EncryptCallbackUrl(this OtpSecrets secrets, Guid applicationId, string url) =>
        secrets.EncryptText("callback-url", applicationId, url);

    /// <exception cref="CryptographicException">The key is missing or the row was tampered with.</exception>
    public static string DecryptCallbackUrl(this OtpSecrets secrets, Guid applicationId, byte[] stored) =>
        secrets.DecryptText("callback-url", applicationId, stored);

    public static byte[] EncryptWebhookSecret(this OtpSecrets secrets, Guid id, ReadOnlySpan<byte> secret) =>
        secrets.Encrypt("webhook-secret", id, secret);

    /// <exception cref="CryptographicException">The key is missing or the row was tampered with.</exception>
    public static byte[] DecryptWebhookSecret(this OtpSecrets secrets, WebhookSecret row) =>
        secrets.Decrypt("webhook-secret", row.Id, row.Secret);

    /// <summary>Finds an API key.</summary>
    /// <remarks>Keyed, because operators may choose their own keys; fast, because each request carries one.</remarks>
    public static byte[] HashApiKey(this OtpSecrets secrets, string key, int lookupKey = 0) => secrets.Hash("api-key", key, lookupKey);
}
