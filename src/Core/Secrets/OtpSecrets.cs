using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OtpPipeline.Core.Secrets;

/// <summary>Encrypts and hashes for one purpose: data encrypted for one row does not decrypt in another.</summary>
public sealed class OtpSecrets(KeyRing ring)
{
    private static readonly byte[] OutboxPlace = Encoding.UTF8.GetBytes("outbox");

    public string CurrentKeyId => ring.CurrentKeyId;

    /// <summary>How many lookup keys may have hashed a stored credential; 0 is the current one.</summary>
    public int LookupKeys => ring.LookupKeys;

    /// <summary>Whether the newest key encrypted it; null counts as current.</summary>
    public bool IsCurrent(byte[]? stored) =>
        stored is null || string.Equals(KeyRing.KeyIdOf(stored), ring.CurrentKeyId, StringComparison.Ordinal);

    /// <summary>Encrypts bytes for one row; the ciphertext includes the key's id.</summary>
    public byte[] Encrypt(string purpose, Guid id, ReadOnlySpan<byte> secret) => ring.EncryptWithId(secret, Place(purpose, id));

    /// <exception cref="CryptographicException">The key is missing or the row was tampered with.</exception>
    public byte[] Decrypt(string purpose, Guid id, byte[] stored) => ring.DecryptWithId(stored, Place(purpose, id));

    /// <summary>Encrypts a text for one row.</summary>
    public byte[] EncryptText(string purpose, Guid id, string text) => Encrypt(purpose, id, Encoding.UTF8.GetBytes(text));

    /// <exception cref="CryptographicException">The key is missing or the row was tampered with.</exception>
    public string DecryptText(string purpose, Guid id, byte[] stored) => Encoding.UTF8.GetString(Decrypt(purpose, id, stored));

    /// <summary>Encrypts a value, as JSON, for one row.</summary>
    public byte[] EncryptJson<T>(string purpose, Guid id, T value, JsonTypeInfo<T> type) =>
        Encrypt(purpose, id, JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <exception cref="CryptographicException">The key is missing or the row was tampered with.</exception>
    public T DecryptJson<T>(string purpose, Guid id, byte[] stored, JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(Decrypt(purpose, id, stored), type)!;

    /// <summary>Encrypts one version of a row; the key's id is stored separately.</summary>
    public byte[] EncryptVersion(string purpose, Guid id, int version, ReadOnlySpan<byte> secret) =>
        ring.Encrypt(secret, Place(purpose, id, version));

    /// <exception cref="CryptographicException">The key is missing or the row was tampered with.</exception>
    public byte[] DecryptVersion(string purpose, Guid id, int version, string keyId, byte[] stored) =>
        ring.Decrypt(keyId, stored, Place(purpose, id, version));

    /// <summary>Keyed hash of a value for one purpose; different purposes give different hashes.</summary>
    public byte[] Hash(string purpose, string value, int lookupKey = 0) => ring.Hash(purpose, value, lookupKey);

    /// <summary>Encrypts the body of a message in the outbox.</summary>
    public string EncryptOutboxBody(string body) => Convert.ToBase64String(ring.EncryptWithId(Encoding.UTF8.GetBytes(body), OutboxPlace));

    /// <exception cref="CryptographicException">The key is missing or the row was tampered with.</exception>
    public string DecryptOutboxBody(string stored) =>
        Encoding.UTF8.GetString(ring.DecryptWithId(Convert.FromBase64String(stored), OutboxPlace));

    private static byte[] Place(string purpose, Guid id) => Encoding.UTF8.GetBytes($"{purpose}:{id:N}");

    private static byte[] Place(string purpose, Guid id, int version) => Encoding.UTF8.GetBytes($"{purpose}:{id:N}:{version}");
}
