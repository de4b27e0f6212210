using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Recipients;

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

    /// <summary>
    /// Keyed hash by which the callers of a compatible API find the OTP, who know no id of it; null where they know it. Written once, never
    /// read back.
    /// </summary>
    public byte[]? LookupHash { get; init; }

    /// <summary><see cref="OtpDetails"/>, encrypted: recipient, sender, template, name and callback address.</summary>
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
