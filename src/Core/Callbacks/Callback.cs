using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Core.Callbacks;

/// <summary>Status of a callback.</summary>
public enum CallbackStatus
{
    /// <summary>Is sent, or waits for its due time.</summary>
    Pending,

    /// <summary>The subscriber answered 2xx.</summary>
    Delivered,

    /// <summary>Given up with a reason, until somebody replays it.</summary>
    Parked,
}

/// <summary>Why a callback is parked, in the words that the API shows.</summary>
public static class CallbackReasons
{
    /// <summary>The last attempt of the schedule failed.</summary>
    public const string Exhausted = "attempts_exhausted";

    /// <summary>The subscriber answered 410.</summary>
    public const string Gone = "gone";

    /// <summary>The URL leads to an address that callbacks may not reach.</summary>
    public const string AddressRefused = "address_refused";

    /// <summary>What is stored cannot be decrypted: its key is no longer among the keys.</summary>
    public const string Unreadable = "unreadable";
}

/// <summary>The webhook that tells the caller of one change; its id is the webhook-id of every attempt.</summary>
public sealed class Callback
{
    public required Guid Id { get; init; }

    public required Guid OtpId { get; init; }

    public required Guid ApplicationId { get; init; }

    /// <summary>Number of the change; one callback for each.</summary>
    public required long Sequence { get; init; }

    /// <summary>Sequence of the callback before it of the same OTP; 0 where there is none.</summary>
    public required long Previous { get; init; }

    public CallbackStatus Status { get; set; }

    /// <summary>One of <see cref="CallbackReasons"/> where it is parked.</summary>
    public string? Reason { get; set; }

    /// <summary>The encrypted <see cref="CallbackContent"/>; null until the first claim.</summary>
    public byte[]? Content { get; init; }

    /// <summary>Attempts made in all.</summary>
    public int Attempts { get; set; }

    /// <summary>Failed attempts since it was created or replayed: the place in the schedule.</summary>
    public int Failures { get; set; }

    /// <summary>Nobody claims it earlier; while it is leased, when the lease ends.</summary>
    public DateTime DueAt { get; set; }

    /// <summary>The claim under which it is being sent; fences its outcome.</summary>
    public Guid? LeaseId { get; set; }

    public DateTime CreatedAt { get; init; }

    public DateTime UpdatedAt { get; set; }

    /// <summary>Whether the change of the OTP is called back.</summary>
    public static bool IsOwed(Otp otp, OtpChange change) => change.Kind switch
    {
        OtpChangeKind.Status => otp.CallbackEvents is not null,
        OtpChangeKind.Delivery => otp.CallbackEvents == CallbackEvents.All,
        _ => false,
    };

    /// <summary>The callback that the change owes, without a body; null where it owes none.</summary>
    public static Callback? For(Otp otp, OtpChange change) => !IsOwed(otp, change) ? null : new()
    {
        Id = Guid.CreateVersion7(),
        OtpId = otp.Id,
        ApplicationId = otp.ApplicationId,
        Sequence = change.Sequence,

        // Either each change is called back, from 2 on, or only the one end.
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

    /// <summary>Kind of failure where no answer came.</summary>
    public string? Error { get; init; }

    /// <summary>First bytes of the answer, encrypted.</summary>
    public byte[]? Answer { get; init; }
}

/// <summary>Where a callback goes and what it says, byte for byte the same at each attempt.</summary>
/// <param name="Url">Absolute http or https URL.</param>
/// <param name="Body">JSON in UTF-8.</param>
public sealed record CallbackContent(string Url, byte[] Body)
{
    /// <summary>Prints nothing of it.</summary>
    public override string ToString() => nameof(CallbackContent);
}
