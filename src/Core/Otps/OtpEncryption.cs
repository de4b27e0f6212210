using System.Text;
using OtpPipeline.Core.Messages;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Otps;

/// <summary>Encrypts the secret columns of an OTP; each ciphertext is bound to the OTP's row.</summary>
public static class OtpEncryption
{
    public static byte[] EncryptPin(this OtpSecrets secrets, Guid otpId, int version, Pin pin) =>
        secrets.EncryptVersion("pin", otpId, version, Encoding.UTF8.GetBytes(pin.Reveal()));

    /// <exception cref="System.Security.Cryptography.CryptographicException">The key is missing or the row was tampered with.</exception>
    public static Pin DecryptPin(this OtpSecrets secrets, OtpPin row) =>
        new(Encoding.UTF8.GetString(secrets.DecryptVersion("pin", row.OtpId, row.Version, row.KeyId, row.Ciphertext)), row.Exact);

    public static byte[] EncryptMessage(this OtpSecrets secrets, Guid otpId, CallerMessage message) =>
        secrets.EncryptJson("message", otpId, message, OtpJson.Default.CallerMessage);

    /// <summary>The client's own message; null without one.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The key is missing or the row was tampered with.</exception>
    public static CallerMessage? DecryptMessage(this OtpSecrets secrets, OtpPin row) =>
        row.Message is null ? null : secrets.DecryptJson("message", row.OtpId, row.Message, OtpJson.Default.CallerMessage);

    public static byte[] EncryptDetails(this OtpSecrets secrets, Guid otpId, OtpDetails details) =>
        secrets.EncryptJson("details", otpId, details, OtpJson.Default.OtpDetails);

    /// <exception cref="System.Security.Cryptography.CryptographicException">The key is missing or the row was tampered with.</exception>
    public static OtpDetails DecryptDetails(this OtpSecrets secrets, Guid otpId, byte[] details) =>
        secrets.DecryptJson("details", otpId, details, OtpJson.Default.OtpDetails);

    /// <summary>Encrypts the client's metadata pairs, given as a JSON object.</summary>
    public static byte[] EncryptMetadata(this OtpSecrets secrets, Guid otpId, string json) => secrets.EncryptText("metadata", otpId, json);

    /// <summary>The client's metadata pairs; null without pairs.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The key is missing or the row was tampered with.</exception>
    public static IReadOnlyDictionary<string, string>? DecryptMetadata(this OtpSecrets secrets, Otp otp) =>
        otp.Metadata is null
            ? null
            : secrets.DecryptJson("metadata", otp.Id, otp.Metadata, OtpJson.Default.IReadOnlyDictionaryStringString);
}
