using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Core.Callbacks;

/// <summary>Status of a callback.</summary>
public enum CallbackStatus
{
    /// <summary>Being sent, or waiting for its due time.</summary>
    Pending,

    /// <summary>The subscriber answered 2xx.</summary>
    Delivered,

    /// <summary>Stopped with a reason, until it is replayed.</summary>
    Parked,
}

/// <summary>Reasons why a callback is parked, in the API's words.</summary>
public static class CallbackReasons
{
    /// <summary>The last attempt of the schedule failed.</summary>
    public const string Exhausted = "attempts_exhausted";

    /// <summary>The subscriber answered 410.</summary>
    public const string Gone = "gone";

    /// <summary>The URL leads to an address that callbacks may not reach.</summary>
    public const string AddressRefused = "address_refused";

    /// <summary>The stored content cannot be decrypted: its key is missing.</summary>
    public const string Unreadable = "unreadable";
}

/// <summary>The webhook for one change; its id is the webhook-id of every attempt.</summary>
public sealed class Callback
{
    public required Guid Id { get; init; }

    public required Guid OtpId { get; init; }

    public required Guid ApplicationId { get; init; }

    /// <summary>Number of the change; each change has one callback.</summary>
    public required long Sequence { get; init; }

    /// <summary>Sequence of the previous callback of the same OTP; 0 for the first.</summary>
    public required long Previous { get; init; }

    public CallbackStatus Status { get; set; }

    /// <summary>One of <see cref="CallbackReasons"/> when parked.</summary>
    public string? Reason { get; set; }

    /// <summary>The encrypted <see cref="CallbackContent"/>; null until the first claim.</summary>
    public byte[]? Content { get; init; }

    /// <summary>Total attempts.</summary>
    public int Attempts { get; set; }

    /// <summary>Failed attempts since creation or replay: the position in the schedule.</summary>
    public int Failures { get; set; }

    /// <summary>The earliest time for a claim; under a lease, the end of the lease.</summary>
    public DateTime DueAt { get; set; }

    /// <summary>The current claim; only its holder can report the outcome.</summary>
    public Guid? LeaseId { get; set; }

    public DateTime CreatedAt { get; init; }

    public DateTime UpdatedAt { get; set; }

    /// <summary>Whether the change of the OTP causes a callback.</summary>
    public static bool IsOwed(Otp otp, OtpChange change) => change.Kind switch
    {
        OtpChangeKind.Status => otp.CallbackEvents is not null,
        OtpChangeKind.Delivery => otp.CallbackEvents == CallbackEvents.All,
        _ => false,
    };

    /// <summary>The callback for the change, without a body; null when it causes none.</summary>
    public static Callback? For(Otp otp, OtpChange change) => !IsOwed(otp, change) ? null : new()
    {
        Id = Guid.CreateVersion7(),
        OtpId = otp.Id,
        ApplicationId = otp.ApplicationId,
        Sequence = change.Sequence,

        // The OTP calls back either every change, from 2 on, or only its end.
        Previous = otp.CallbackEvents == CallbackEvents.All && change.Sequence > 2 ? change.Sequence - 1 : 0,
        Status = CallbackStatus.Pending,
        CreatedAt = change.OccurredAt,
        UpdatedAt = change.OccurredAt,
    };
}

/// <summary>One request to the subscriber.</summary>
public sealed class CallbackAttempt
{
    public required Guid CallbackId { get; init; }

    /// <summary>From 1.</summary>
    public required int Number { get; init; }

    public DateTime StartedAt { get; init; }

    public int DurationMs { get; init; }

    public int? HttpStatus { get; init; }

    /// <summary>Kind of failure when no answer came.</summary>
    public string? Error { get; init; }

    /// <summary>First bytes of the answer, encrypted.</summary>
    public byte[]? Answer { get; init; }
}

/// <summary>The target and content of a callback, byte for byte the same at each attempt.</summary>
/// <param name="Url">Absolute http or https URL.</param>
/// <param name="Body">JSON in UTF-8.</param>
public sealed record CallbackContent(string Url, byte[] Body)
{
    /// <summary>Prints the type name only.</summary>
    public override string ToString() => nameof(CallbackContent);
}
