using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace OtpPipeline.Core.Secrets;

/// <summary>Encrypts with AES-256-GCM under the newest key, decrypts with any.</summary>
/// <remarks>
/// Each ciphertext has its own key, derived by HKDF from the ring's key and a random salt; 192 random bits of salt and nonce make a
/// repetition of both practically impossible. The associated data binds a ciphertext to its place, so a copied row does not decrypt. Keyed
/// hashes use another key, which outlives a rotation.
/// </remarks>
public sealed class KeyRing
{
    private const int KeySize = 32;
    private const int SaltSize = 12;
    private const int NonceSize = 12;
    private const int HeaderSize = SaltSize + NonceSize;
    private const int TagSize = 16;
    private readonly FrozenDictionary<string, byte[]> _keys;
    private readonly byte[][] _lookupKeys;

    public KeyRing(IOptions<OtpOptions> options)
    {
        var keys = options.Value.PinKeys;
        _keys = keys.ToFrozenDictionary(k => k.Id, k => Derive(k.Key, "seal"), StringComparer.Ordinal);
        _lookupKeys = [.. options.Value.OldLookupKeys.Prepend(options.Value.LookupKey ?? keys[^1].Key).Select(k => Derive(k, "lookup"))];
        CurrentKeyId = keys[0].Id;
    }

    /// <summary>Id of the key that encrypts.</summary>
    public string CurrentKeyId { get; }

    /// <summary>How many keys may have made a keyed hash: the current one, and the old ones after it.</summary>
    public int LookupKeys => _lookupKeys.Length;

    /// <summary>Salt, nonce, ciphertext and tag under the current key.</summary>
    public byte[] Encrypt(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> associatedData) => Encrypt(CurrentKeyId, 0, secret, associatedData);

    /// <exception cref="CryptographicException">The key is not in the ring, or the data was not encrypted for this place.</exception>
    public byte[] Decrypt(string keyId, ReadOnlySpan<byte> encrypted, ReadOnlySpan<byte> associatedData)
    {
        if (!_keys.TryGetValue(keyId, out var key))
        {
            throw new CryptographicException($"The key '{keyId}' is not among Otp:PinKeys.");
        }

        if (encrypted.Length < HeaderSize + TagSize)
        {
            throw new CryptographicException("The encrypted data is cut short.");
        }

        using var aes = CipherOf(key, encrypted[..SaltSize]);
        var secret = new byte[encrypted.Length - HeaderSize - TagSize];
        aes.Decrypt(encrypted[SaltSize..HeaderSize], encrypted[HeaderSize..^TagSize], encrypted[^TagSize..], secret, associatedData);
        return secret;
    }

    /// <summary>Encrypts with the key's id as prefix, for columns without a column for the id.</summary>
    public byte[] EncryptWithId(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> associatedData)
    {
        var id = Encoding.UTF8.GetBytes(CurrentKeyId);
        var data = Encrypt(CurrentKeyId, 1 + id.Length, secret, associatedData);
        data[0] = (byte)id.Length;
        id.CopyTo(data, 1);
        return data;
    }

    /// <summary>Id of the key that <see cref="EncryptWithId"/> used.</summary>
    public static string KeyIdOf(ReadOnlySpan<byte> encrypted)
    {
        if (encrypted.IsEmpty || encrypted.Length <= encrypted[0])
        {
            throw new CryptographicException("The encrypted data is cut short.");
        }

        return Encoding.UTF8.GetString(encrypted[1..(1 + encrypted[0])]);
    }

    /// <exception cref="CryptographicException">The key is not in the ring, or the data was not encrypted for this place.</exception>
    public byte[] DecryptWithId(ReadOnlySpan<byte> encrypted, ReadOnlySpan<byte> associatedData)
    {
        var id = KeyIdOf(encrypted);
        return Decrypt(id, encrypted[(1 + encrypted[0])..], associatedData);
    }

    /// <summary>Keyed hash (HMAC-SHA256, 32 bytes) of a value for one purpose.</summary>
    /// <remarks>Equal values have equal hashes; without the key an attacker cannot try values.</remarks>
    /// <param name="purpose">Different purposes give different hashes.</param>
    /// <param name="value">The value to hash.</param>
    /// <param name="lookupKey">0 for Otp:LookupKey; 1 and higher for Otp:OldLookupKeys.</param>
    public byte[] Hash(string purpose, string value, int lookupKey = 0)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _lookupKeys[lookupKey]);
        hmac.AppendData(Encoding.UTF8.GetBytes(purpose));
        hmac.AppendData([0]);
        hmac.AppendData(Encoding.UTF8.GetBytes(value));
        return hmac.GetHashAndReset();
    }

    private byte[] Encrypt(string keyId, int offset, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> associatedData)
    {
        var data = new byte[offset + HeaderSize + secret.Length + TagSize];
        var target = data.AsSpan(offset);
        RandomNumberGenerator.Fill(target[..HeaderSize]);
        using var aes = CipherOf(_keys[keyId], target[..SaltSize]);
        aes.Encrypt(target[SaltSize..HeaderSize], secret, target.Slice(HeaderSize, secret.Length), target[^TagSize..], associatedData);
        return data;
    }

    private static AesGcm CipherOf(byte[] key, ReadOnlySpan<byte> salt)
    {
        Span<byte> derived = stackalloc byte[KeySize];
        HKDF.Expand(HashAlgorithmName.SHA256, key, derived, salt);
        return new(derived, TagSize);
    }

    private static byte[] Derive(string base64, string purpose) =>
        HKDF.DeriveKey(
            HashAlgorithmName.SHA256, Convert.FromBase64String(base64), KeySize, info: Encoding.UTF8.GetBytes("otp-pipeline/" + purpose));
}
