namespace OtpPipeline.Outbox;

/// <summary>A message stored in the same transaction as the state it reports, until the broker confirms it.</summary>
public sealed class OutboxMessage
{
    /// <summary>UUIDv7; used as MessageId on the bus and identical in every repetition.</summary>
    public required Guid Id { get; init; }

    /// <summary>Message type name from the explicit map, never a CLR type name.</summary>
    public required string MessageType { get; init; }

    /// <summary>Id of the subject, sent as CorrelationId. The subject is not purged before the message is sent.</summary>
    public Guid? CorrelationId { get; init; }

    /// <summary>Routing key; null if the message has none.</summary>
    public string? RoutingKey { get; init; }

    /// <summary>Address to send to; null publishes the message.</summary>
    public string? DestinationAddress { get; init; }

    /// <summary>The message as JSON, plain or encrypted; see <see cref="OutboxSetup.Encrypt"/>.</summary>
    public required string Body { get; init; }

    /// <summary>A JSON object of strings, see <see cref="OutboxHeaders"/>; null if there are no headers.</summary>
    public string? Headers { get; init; }

    /// <summary>W3C traceparent of the activity that wrote the row.</summary>
    public string? TraceParent { get; init; }

    /// <summary>When the row was inserted, by the database clock.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>
    /// Until this time, by the database clock, only the lease holder may send the row. It is the end of a lease or the due time of a
    /// delayed row.
    /// </summary>
    public DateTime DueAt { get; set; }

    /// <summary>The lease whose holder may send the row before <see cref="DueAt"/>; null if no process may.</summary>
    public Guid? LeaseId { get; set; }

    /// <summary>Failed attempts caused by this row; broker outages do not count.</summary>
    public int Attempts { get; set; }

    /// <summary>When the row was parked for an operator; null while it is still to be sent.</summary>
    public DateTime? ParkedAt { get; set; }

    /// <summary>Exception type and short message of the last error.</summary>
    public string? LastError { get; set; }

    /// <summary>Time from insert until the row is due: the writer's lease or the requested delay. Not stored.</summary>
    public TimeSpan DueAfter { get; init; }
}
