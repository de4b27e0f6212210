using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OtpPipeline.Core.Messages;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Otps;

/// <summary>Encrypts the secret columns of an OTP; each ciphertext is bound to the OTP's row.</summary>
public static class OtpEncryption
{
    // Stored among the pairs, under names that no pair can have.
    private const string ExternalId = "";
    private const string OnlyExternalId = "\0";

    public static byte[] EncryptPin(this OtpSecrets secrets, Guid otpId, int version, Pin pin) =>
        secrets.EncryptVersion("pin", otpId, version, Encoding.UTF8.GetBytes(pin.Reveal()));

    /// <exception cref="CryptographicException">The key is missing or the row was tampered with.</exception>
    public static Pin DecryptPin(this OtpSecrets secrets, OtpPin row) =>
        new(Encoding.UTF8.GetString(secrets.DecryptVersion("pin", row.OtpId, row.Version, row.KeyId, row.Ciphertext)), row.Exact);

    public static byte[] EncryptMessage(this OtpSecrets secrets, Guid otpId, CallerMessage message) =>
        secrets.EncryptJson("message", otpId, message, OtpJson.Default.CallerMessage);

    /// <summary>The client's own message; null without one.</summary>
    /// <exception cref="CryptographicException">The key is missing or the row was tampered with.</exception>
    public static CallerMessage? DecryptMessage(this OtpSecrets secrets, OtpPin row) =>
        row.Message is null ? null : secrets.DecryptJson("message", row.OtpId, row.Message, OtpJson.Default.CallerMessage);

    public static byte[] EncryptDetails(this OtpSecrets secrets, Guid otpId, OtpDetails details) =>
        secrets.EncryptJson("details", otpId, details, OtpJson.Default.OtpDetails);

    /// <exception cref="CryptographicException">The key is missing or the row was tampered with.</exception>
    public static OtpDetails DecryptDetails(this OtpSecrets secrets, Guid otpId, byte[] details) =>
        secrets.DecryptJson("details", otpId, details, OtpJson.Default.OtpDetails);

    /// <summary>Encrypts what the client attached, in one ciphertext; null when it attached nothing.</summary>
    /// <param name="secrets">The keys.</param>
    /// <param name="otpId">The OTP.</param>
    /// <param name="metadata">JSON object of the pairs.</param>
    /// <param name="externalId">The client's own id.</param>
    public static byte[]? EncryptAttached(this OtpSecrets secrets, Guid otpId, string? metadata, string? externalId)
    {
        if (externalId is null)
        {
            return metadata is null ? null : secrets.EncryptText("metadata", otpId, metadata);
        }

        var pairs = metadata is null
            ? new Dictionary<string, string>(StringComparer.Ordinal)
            : JsonSerializer.Deserialize(metadata, OtpJson.Default.DictionaryStringString)!;
        pairs[metadata is null ? OnlyExternalId : ExternalId] = externalId;
        return secrets.EncryptJson("metadata", otpId, pairs, OtpJson.Default.DictionaryStringString);
    }

    /// <exception cref="CryptographicException">The key is missing or the row was tampered with.</exception>
    public static Attached DecryptAttached(this OtpSecrets secrets, Otp otp)
    {
        if (otp.Metadata is null)
        {
            return default;
        }

        var pairs = secrets.DecryptJson("metadata", otp.Id, otp.Metadata, OtpJson.Default.DictionaryStringString);
        return pairs.Remove(OnlyExternalId, out var only) ? new(only, null)
            : pairs.Remove(ExternalId, out var externalId) ? new(externalId, pairs)
            : new(null, pairs);
    }

    /// <summary>What the client attached; nothing when its key is missing: the OTP must still end, and its client must be told.</summary>
    public static Attached TryDecryptAttached(this OtpSecrets secrets, Otp otp)
    {
        try
        {
            return secrets.DecryptAttached(otp);
        }
        catch (CryptographicException)
        {
            return default;
        }
    }
}
