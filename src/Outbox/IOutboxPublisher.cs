namespace OtpPipeline.Outbox;

/// <summary>A stored row and its deserialized message, ready to publish.</summary>
/// <param name="Row">The row.</param>
/// <param name="Message">The deserialized message.</param>
/// <param name="Type">The type under which the message is published.</param>
public sealed record OutgoingMessage(OutboxMessage Row, object Message, Type Type);

/// <summary>Publishes one message to the broker.</summary>
public interface IOutboxPublisher
{
    /// <summary>Returns when the broker has confirmed the message; otherwise throws.</summary>
    Task PublishAsync(OutgoingMessage outgoing, CancellationToken cancellationToken);
}
