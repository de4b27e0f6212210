namespace OtpPipeline.Core.DeadLetters;

/// <summary>A message that failed, or was delivered too often; stored until an operator replays it or the retention ends.</summary>
public sealed class DeadLetter
{
    public required Guid Id { get; init; }

    /// <summary>The queue it was read from; a replay sends it there again.</summary>
    public required string Queue { get; init; }

    /// <summary>The sender's message id, encrypted because it may be a phone number; null without one.</summary>
    public byte[]? MessageId { get; init; }

    /// <summary>The reason, without any content of the message.</summary>
    public required string Reason { get; init; }

    /// <summary>JSON object of the properties that cannot hold a secret.</summary>
    public required string Headers { get; init; }

    /// <summary>Size of the body in bytes.</summary>
    public required int Size { get; init; }

    /// <summary>The encrypted <see cref="OriginalMessage"/>; null when the body was too large to store.</summary>
    public byte[]? Original { get; init; }

    /// <summary>When it was stored, or stored again after a failed replay; by the database's clock.</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>When it was last sent to its queue again.</summary>
    public DateTime? ReplayedAt { get; set; }
}

/// <summary>A message as sent: body and properties. Both may hold secrets.</summary>
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
    /// <summary>Prints the type name only.</summary>
    public override string ToString() => nameof(OriginalMessage);
}
