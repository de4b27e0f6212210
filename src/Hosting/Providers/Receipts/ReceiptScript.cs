using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace OtpPipeline.Hosting.Providers.Receipts;

/// <summary>Encrypts what a call says, for the address at which its provider fetches it.</summary>
/// <remarks>
/// The key is derived from a secret of the entry that both hosts have, so the Api answers without a look into the database. Addresses
/// are logged in many places; this one shows no PIN.
/// </remarks>
public static class ReceiptScript
{
    /// <summary>The parameter of the address.</summary>
    public const string Parameter = "script";

    /// <summary>The key of an entry that names the secret.</summary>
    public const string SecretKey = "Script:Secret";

    public const string ContentType = "application/xml; charset=utf-8";

    private const int NonceSize = 12;
    private const int TagSize = 16;
    private static readonly byte[] Purpose = Encoding.UTF8.GetBytes("otp-pipeline:script");

    /// <summary>Returns URL-safe text.</summary>
    public static string Encrypt(string secret, string script)
    {
        var text = Encoding.UTF8.GetBytes(script);
        var bytes = new byte[NonceSize + text.Length + TagSize];
        RandomNumberGenerator.Fill(bytes.AsSpan(0, NonceSize));
        using var cipher = Cipher(secret);
        cipher.Encrypt(bytes.AsSpan(0, NonceSize), text, bytes.AsSpan(NonceSize, text.Length), bytes.AsSpan(NonceSize + text.Length));
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Returns null for a text that <see cref="Encrypt"/> did not make with this secret.</summary>
    public static string? Decrypt(string secret, string encrypted)
    {
        try
        {
            var bytes = Base64Url.DecodeFromChars(encrypted);
            if (bytes.Length < NonceSize + TagSize)
            {
                return null;
            }

            var text = new byte[bytes.Length - NonceSize - TagSize];
            using var cipher = Cipher(secret);
            cipher.Decrypt(
                bytes.AsSpan(0, NonceSize), bytes.AsSpan(NonceSize, text.Length), bytes.AsSpan(NonceSize + text.Length), text);
            return Encoding.UTF8.GetString(text);
        }
        catch (Exception wrong) when (wrong is FormatException or CryptographicException)
        {
            return null;
        }
    }

    private static AesGcm Cipher(string secret) => new(
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), 32, info: Purpose), TagSize);
}
