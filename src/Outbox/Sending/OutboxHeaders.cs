namespace OtpPipeline.Outbox.Sending;

/// <summary>
/// Header names that set a property of the message on the bus instead of a header, where their value is a UUID;
/// any other name or value travels as a header of its own, which a send hook may read.
/// </summary>
public static class OutboxHeaders
{
    /// <summary>The message's CorrelationId.</summary>
    public const string CorrelationId = "CorrelationId";

    /// <summary>The RequestId that an answer belongs to.</summary>
    public const string RequestId = "RequestId";

    /// <summary>The message's ConversationId.</summary>
    public const string ConversationId = "ConversationId";

    /// <summary>The CorrelationId of the message that caused this one.</summary>
    public const string InitiatorId = "InitiatorId";
}
