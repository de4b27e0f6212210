using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using OtpPipeline.Core.Formats;

namespace OtpPipeline.Api.DeadLetters;

/// <summary>One dead letter, without anything of what it says.</summary>
/// <param name="Id">For the replay.</param>
/// <param name="Kind">message: from a queue; outbox: on its way to the broker.</param>
/// <param name="Queue">The queue that it was read from; for a row of the outbox the message's name.</param>
/// <param name="MessageId">The sender's message id.</param>
/// <param name="Reason">Why it is here.</param>
/// <param name="Headers">Properties that can hold no secret.</param>
/// <param name="Size">Of the body in bytes.</param>
/// <param name="Replayable">False where the body was too large to keep.</param>
/// <param name="CreatedAt">When it was put aside, the last time where a replay failed again.</param>
/// <param name="ReplayedAt">When it was last sent again.</param>
public sealed record DeadLetterAnswer(
    Guid Id,
    [property: AllowedValues("message", "outbox")] string Kind,
    string Queue,
    string? MessageId,
    string Reason,
    IReadOnlyDictionary<string, string> Headers,
    int Size,
    bool Replayable,
    [property: JsonConverter(typeof(MomentConverter))] DateTime CreatedAt,
    DateTime? ReplayedAt);

/// <summary>Dead letters, newest first.</summary>
/// <param name="Items">The letters.</param>
/// <param name="Next">The cursor of the next page; null on the last one.</param>
public sealed record DeadLetterPage(IReadOnlyList<DeadLetterAnswer> Items, string? Next);

/// <summary>The letter was sent again.</summary>
public sealed record DeadLetterReplayed(Guid Id);
