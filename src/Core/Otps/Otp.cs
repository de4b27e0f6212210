using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Deliveries;

namespace OtpPipeline.Core.Otps;

/// <summary>One verification of one recipient.</summary>
public sealed class Otp
{
    public required Guid Id { get; init; }

    public required Guid ApplicationId { get; init; }

    public Guid? TrackId { get; init; }

    public required Channel Channel { get; init; }

    public string? CountryIso { get; init; }

    /// <summary>Keyed hash of the recipient: finds it without knowing it.</summary>
    public required byte[] RecipientHash { get; init; }

    /// <summary>
    /// Keyed hash under which sends and failed guesses are counted; null where that is <see cref="RecipientHash"/>. Written once, never
    /// read back.
    /// </summary>
    public byte[]? LimitHash { get; init; }

    /// <summary>Keyed hash by which the callers of a dialect find the OTP, who know no id of it; null where they know it. Written once, never read back.</summary>
    public byte[]? LookupHash { get; init; }

    /// <summary><see cref="OtpDetails"/>, sealed: recipient, sender, template, name and callback address.</summary>
    public required byte[] Details { get; init; }

    public OtpStatus Status { get; set; }

    public OtpReason? Reason { get; set; }

    /// <summary>1 at the creation, raised by each change of status or delivery.</summary>
    public long Sequence { get; set; }

    /// <summary>The sequence of the last change of a delivery; 0 where there was none.</summary>
    public long DeliverySequence { get; set; }

    /// <summary>Which changes are called back, as the application wanted it at the intake; null without a callback URL.</summary>
    public CallbackEvents? CallbackEvents { get; init; }

    /// <summary>Unsuccessful guesses.</summary>
    public int Attempts { get; set; }

    public int MaxAttempts { get; init; }

    /// <summary>Life in seconds.</summary>
    public int Ttl { get; init; }

    /// <summary>How many messages a carrier charges for the text.</summary>
    public int Parts { get; init; }

    public decimal Cost { get; init; }

    /// <summary>The caller's pairs, encrypted; null where there are none.</summary>
    public byte[]? Metadata { get; init; }

    /// <summary>Hash of the submission that verified the OTP, so that its retry is recognised.</summary>
    public byte[]? VerifiedBy { get; set; }

    public DateTime CreatedAt { get; init; }

    public DateTime ExpiresAt { get; init; }

    /// <summary>When the status became final.</summary>
    public DateTime? FinalAt { get; set; }
}

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

    /// <summary><see cref="CallerMessage"/>, sealed: it holds the PIN and ends with it. Null where the template is the text.</summary>
    public byte[]? Message { get; init; }

    /// <summary>Keyed hash by which a dialect finds the OTP that this is the PIN of; null where none does. Written once, never read back.</summary>
    public byte[]? FindHash { get; init; }

    /// <summary>The same for a PIN that no other live one may equal.</summary>
    public byte[]? UniqueHash { get; init; }
}

/// <summary>The first answer of an idempotency key, per application.</summary>
public sealed class IdempotencyKey
{
    public required Guid ApplicationId { get; init; }

    public required byte[] KeyHash { get; init; }

    /// <summary>Keyed hash of the normalised command.</summary>
    public required byte[] CommandHash { get; init; }

    public required Guid OtpId { get; init; }

    public required DateTime ExpiresAt { get; init; }
}

/// <summary>A submission that was answered, so that its repetition is answered alike; kept as long as its OTP.</summary>
public sealed class OtpSubmission
{
    public required Guid OtpId { get; init; }

    /// <summary>Keyed hash of the caller's id of the submission and of what it said.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Code of the refusal; null for success.</summary>
    public int? Code { get; init; }
}
