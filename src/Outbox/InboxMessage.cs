namespace OtpPipeline.Outbox;

/// <summary>
/// A message whose whole effect was committed together with this row; its second delivery finds the row and does nothing.
/// </summary>
public sealed class InboxMessage
{
    /// <summary>The sender's message id as it came, any string of up to 255 characters.</summary>
    public required string MessageId { get; init; }

    /// <summary>The queue that it was read from.</summary>
    public required string Queue { get; init; }

    /// <summary>When it was first handled, by the database's clock.</summary>
    public DateTime ReceivedAt { get; set; }
}
