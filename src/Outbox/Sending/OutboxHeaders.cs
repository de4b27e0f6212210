namespace OtpPipeline.Outbox.Sending;

/// <summary>
/// Header names that set a bus message property if their value is a UUID. Any other name or value is sent as a header, which a send hook
/// may read.
/// </summary>
public static class OutboxHeaders
{
    /// <summary>The message's CorrelationId.</summary>
    public const string CorrelationId = "CorrelationId";

    /// <summary>The RequestId of the request that a reply answers.</summary>
    public const string RequestId = "RequestId";

    /// <summary>The message's ConversationId.</summary>
    public const string ConversationId = "ConversationId";

    /// <summary>The CorrelationId of the message that caused this one.</summary>
    public const string InitiatorId = "InitiatorId";
}
