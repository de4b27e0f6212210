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

    /// <summary>The steps of the delivery plan; null for one step on <see cref="Channel"/>.</summary>
    public string? Plan { get; init; }

    public string? CountryIso { get; init; }

    /// <summary>Keyed hash of the recipient: finds the recipient without storing it in clear.</summary>
    public required byte[] RecipientHash { get; init; }

    /// <summary>
    /// Keyed hash that counts sends and failed guesses; null when that is <see cref="RecipientHash"/>. Written once, never read back.
    /// </summary>
    public byte[]? LimitHash { get; init; }

    /// <summary>Keyed hash that finds the OTP for clients of a compatible API that do not know its id; null when they do.</summary>
    /// <remarks>Written once, never read back.</remarks>
    public byte[]? LookupHash { get; init; }

    /// <summary>Keyed hash that finds the OTP by the client's externalId; null without one. Written once, never read back.</summary>
    public byte[]? ExternalHash { get; init; }

    /// <summary><see cref="OtpDetails"/>, encrypted: recipient, sender, template, name and callback address.</summary>
    public required byte[] Details { get; init; }

    public OtpStatus Status { get; set; }

    public OtpReason? Reason { get; set; }

    /// <summary>1 at creation; each change of status or delivery raises it.</summary>
    public long Sequence { get; set; }

    /// <summary>The sequence of the last delivery change; 0 before the first.</summary>
    public long DeliverySequence { get; set; }

    /// <summary>Which changes cause a callback, from the application's settings at intake; null without a callback URL.</summary>
    public CallbackEvents? CallbackEvents { get; init; }

    /// <summary>Which changes are published, from the application's settings at intake; null for all.</summary>
    public PublishedEvents? Events { get; init; }

    /// <summary>Unsuccessful guesses.</summary>
    public int Attempts { get; set; }

    public int MaxAttempts { get; init; }

    /// <summary>Lifetime in seconds.</summary>
    public int Ttl { get; init; }

    /// <summary>How many messages a carrier charges for the text.</summary>
    public int Parts { get; init; }

    public decimal Cost { get; init; }

    /// <summary><see cref="Attached"/>, encrypted; null when the client attached nothing.</summary>
    public byte[]? Metadata { get; init; }

    /// <summary>Hash of the submission that verified the OTP, to recognise its retry.</summary>
    public byte[]? VerifiedBy { get; set; }

    public DateTime CreatedAt { get; init; }

    public DateTime ExpiresAt { get; init; }

    /// <summary>Requested with a test key: every delivery goes to the sandbox.</summary>
    public bool IsTest { get; init; }

    /// <summary>When the status became final.</summary>
    public DateTime? FinalAt { get; set; }
}
