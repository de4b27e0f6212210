namespace OtpPipeline.Core.DeadLetters;

/// <summary>
/// A message that could not be handled, or was handed out too often: kept until an operator replays it or the retention ends.
/// </summary>
public sealed class DeadLetter
{
    public required Guid Id { get; init; }

    /// <summary>The queue that it was read from, to which a replay sends it again.</summary>
    public required string Queue { get; init; }

    /// <summary>The sender's message id, encrypted: it may be a phone number. Null where it gave none.</summary>
    public byte[]? MessageId { get; init; }

    /// <summary>Why, without anything of what the message said.</summary>
    public required string Reason { get; init; }

    /// <summary>JSON object of the properties that can hold no secret.</summary>
    public required string Headers { get; init; }

    /// <summary>Size of the body in bytes.</summary>
    public required int Size { get; init; }

    /// <summary>The encrypted <see cref="OriginalMessage"/>; null where the body was too large to keep.</summary>
    public byte[]? Original { get; init; }

    /// <summary>When it was put aside, the last time if a replay failed; by the database's clock.</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>When it was last sent to its queue again.</summary>
    public DateTime? ReplayedAt { get; set; }
}

/// <summary>A message as its sender made it: body and properties. Both may hold secrets.</summary>
public sealed record OriginalMessage(
    byte[] Body,
    string? ContentType,
    string? MessageId,
    string? CorrelationId,
    string? ReplyTo,
    string? Type,
    string? UserId,
    IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>Prints nothing of it.</summary>
    public override string ToString() => nameof(OriginalMessage);
}
