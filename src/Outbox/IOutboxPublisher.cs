namespace OtpPipeline.Outbox;

/// <summary>A stored row and its message, ready to go out.</summary>
/// <param name="Row">The row.</param>
/// <param name="Message">The message itself.</param>
/// <param name="Type">The type that the message is published as.</param>
public sealed record OutgoingMessage(OutboxMessage Row, object Message, Type Type);

/// <summary>Hands one message to the broker.</summary>
public interface IOutboxPublisher
{
    /// <summary>Returns when the broker has confirmed the message; throws when it has not.</summary>
    Task PublishAsync(OutgoingMessage outgoing, CancellationToken cancellationToken);
}
