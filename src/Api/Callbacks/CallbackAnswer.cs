using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json.Serialization;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Callbacks.Sending;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Api.Callbacks;

/// <summary>The callbacks of an OTP in the order of its changes.</summary>
public sealed record CallbackListAnswer(IReadOnlyList<CallbackAnswer> Data);

/// <summary>One page of callbacks, newest first.</summary>
/// <param name="Data">The callbacks.</param>
/// <param name="Next">Cursor of the next page; null on the last one.</param>
public sealed record CallbackPageAnswer(IReadOnlyList<CallbackAnswer> Data, string? Next);

/// <summary>The callback is sent again.</summary>
public sealed record ReplayAnswer(ReplayedCallback Info);

/// <summary>Which callback is sent again.</summary>
public sealed record ReplayedCallback(Guid Id);

/// <summary>How many callbacks are sent again.</summary>
/// <param name="Count">Callbacks of this call.</param>
/// <param name="Next">Where the next call goes on; null when all are done.</param>
public sealed record ReplayCountAnswer(int Count, Guid? Next);

/// <summary>One callback with its attempts.</summary>
public sealed record CallbackAnswer
{
    /// <summary>The webhook-id of every attempt.</summary>
    public required Guid Id { get; init; }

    public required Guid OtpId { get; init; }

    public required Guid ApplicationId { get; init; }

    /// <summary>Number of the change that it tells.</summary>
    public required long Sequence { get; init; }

    /// <summary>What became of it.</summary>
    [WordsOf<CallbackStatus>(upper: true)]
    public required string Status { get; init; }

    /// <summary>Why it is PARKED.</summary>
    [AllowedValues("attempts_exhausted", "gone", "address_refused", "unreadable")]
    public required string? Reason { get; init; }

    [JsonConverter(typeof(MomentConverter))]
    public required DateTime DateCreated { get; init; }

    [JsonConverter(typeof(MomentConverter))]
    public required DateTime DateUpdated { get; init; }

    /// <summary>When it is sent next at the earliest; only while it is pending.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTime? DateDue { get; init; }

    public required IReadOnlyList<CallbackAttemptAnswer> Attempts { get; init; }

    internal static CallbackAnswer From(CallbackHistory history, OtpSecrets secrets)
    {
        var callback = history.Callback;
        return new()
        {
            Id = callback.Id,
            OtpId = callback.OtpId,
            ApplicationId = callback.ApplicationId,
            Sequence = callback.Sequence,
            Status = EnumText<CallbackStatus>.Upper(callback.Status),
            Reason = callback.Reason,
            DateCreated = callback.CreatedAt,
            DateUpdated = callback.UpdatedAt,
            DateDue = callback.Status == CallbackStatus.Pending ? callback.DueAt : null,
            Attempts = [.. history.Attempts.Select(a => CallbackAttemptAnswer.From(a, secrets))],
        };
    }
}

/// <summary>One request to the subscriber.</summary>
public sealed record CallbackAttemptAnswer
{
    public required int Number { get; init; }

    [JsonConverter(typeof(MomentConverter))]
    public required DateTime DateStarted { get; init; }

    public required int DurationMs { get; init; }

    /// <summary>What the subscriber answered; null where no answer came.</summary>
    public required int? HttpStatus { get; init; }

    /// <summary>Why no answer came; null where one came.</summary>
    [AllowedValues("timeout", "not_connected", "name_not_resolved", "tls_failed", "answer_lost", "address_refused")]
    public required string? Error { get; init; }

    /// <summary>The first 512 bytes of the answer.</summary>
    public required string? Answer { get; init; }

    internal static CallbackAttemptAnswer From(CallbackAttempt attempt, OtpSecrets secrets) => new()
    {
        Number = attempt.Number,
        DateStarted = attempt.StartedAt,
        DurationMs = attempt.DurationMs,
        HttpStatus = attempt.HttpStatus,
        Error = attempt.Error,
        Answer = attempt.Answer is { } answer ? Encoding.UTF8.GetString(secrets.DecryptCallbackAnswer(attempt.CallbackId, answer)) : null,
    };
}
