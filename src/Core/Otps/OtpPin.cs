namespace OtpPipeline.Core.Otps;

/// <summary>The PIN of an OTP, readable only with the key ring; wiped when the OTP is final.</summary>
public sealed class OtpPin
{
    public required Guid OtpId { get; init; }

    /// <summary>From 1; part of the associated data, so a row cannot be moved to another OTP or version.</summary>
    public required int Version { get; init; }

    public required byte[] Ciphertext { get; init; }

    public required string KeyId { get; init; }

    public required DateTime ValidUntil { get; init; }

    /// <summary>Compared as it stands: letters have a case.</summary>
    public bool Exact { get; init; }

    /// <summary>The message of the caller, encrypted: it holds the PIN and ends with it. Null where the template is the text.</summary>
    public byte[]? Message { get; init; }

    /// <summary>
    /// Keyed hash by which a compatible API finds the OTP that this is the PIN of; null where none does. Written once, never read back.
    /// </summary>
    public byte[]? FindHash { get; init; }

    /// <summary>The same for a PIN that no other live one may equal.</summary>
    public byte[]? UniqueHash { get; init; }
}
