using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Callbacks;

/// <summary>Encrypts the content and answers of a callback; each ciphertext is bound to the callback's row.</summary>
public static class CallbackEncryption
{
    /// <summary>Encrypts the URL's length, the URL and the body, because the body must come back byte for byte.</summary>
    public static byte[] EncryptCallback(this OtpSecrets secrets, Guid callbackId, CallbackContent content)
    {
        var url = Encoding.UTF8.GetBytes(content.Url);
        var secret = new byte[sizeof(int) + url.Length + content.Body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(secret, url.Length);
        url.CopyTo(secret, sizeof(int));
        content.Body.CopyTo(secret, sizeof(int) + url.Length);
        return secrets.Encrypt("callback", callbackId, secret);
    }

    /// <exception cref="CryptographicException">The key is missing or the row was tampered with.</exception>
    public static CallbackContent DecryptCallback(this OtpSecrets secrets, Guid callbackId, byte[] content)
    {
        var secret = secrets.Decrypt("callback", callbackId, content);
        var end = sizeof(int) + BinaryPrimitives.ReadInt32LittleEndian(secret);
        return new(Encoding.UTF8.GetString(secret.AsSpan(sizeof(int)..end)), secret[end..]);
    }

    public static byte[] EncryptCallbackAnswer(this OtpSecrets secrets, Guid callbackId, ReadOnlySpan<byte> answer) =>
        secrets.Encrypt("callback-answer", callbackId, answer);

    public static byte[] DecryptCallbackAnswer(this OtpSecrets secrets, Guid callbackId, byte[] answer) =>
        secrets.Decrypt("callback-answer", callbackId, answer);
}
