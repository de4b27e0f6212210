namespace OtpPipeline.Outbox;

/// <summary>A handled message. The row commits together with the message's whole effect, so a second delivery does nothing.</summary>
public sealed class InboxMessage
{
    /// <summary>The sender's message id as sent: any string of up to 255 characters.</summary>
    public required string MessageId { get; init; }

    /// <summary>The queue from which the message was read.</summary>
    public required string Queue { get; init; }

    /// <summary>When the message was first handled, by the database clock.</summary>
    public DateTime ReceivedAt { get; set; }
}
