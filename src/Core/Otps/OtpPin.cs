namespace OtpPipeline.Core.Otps;

/// <summary>The PIN of an OTP, readable only with the key ring; wiped when the OTP is final.</summary>
public sealed class OtpPin
{
    public required Guid OtpId { get; init; }

    /// <summary>From 1; part of the associated data, so that a row cannot be moved to another OTP or version.</summary>
    public required int Version { get; init; }

    public required byte[] Ciphertext { get; init; }

    public required string KeyId { get; init; }

    /// <summary>When the OTP expires; the expiry job finds it by this column.</summary>
    public required DateTime ValidUntil { get; init; }

    /// <summary>The comparison is case-sensitive.</summary>
    public bool Exact { get; init; }

    /// <summary>The client's message, encrypted; it holds the PIN and is wiped with it. Null when the template is used.</summary>
    public byte[]? Message { get; init; }

    /// <summary>
    /// Keyed hash by which a compatible API finds the OTP of this PIN; null when none does. Written once, never read back.
    /// </summary>
    public byte[]? FindHash { get; init; }

    /// <summary>The same hash, for a PIN that must differ from every other live one.</summary>
    public byte[]? UniqueHash { get; init; }
}
