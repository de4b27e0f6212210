namespace OtpPipeline.Outbox;

/// <summary>A message stored in the transaction of the state that it tells of, until the broker has confirmed it.</summary>
public sealed class OutboxMessage
{
    /// <summary>UUIDv7; the message's MessageId on the bus, the same on every repetition.</summary>
    public required Guid Id { get; init; }

    /// <summary>Wire name from the explicit map, never a CLR type name.</summary>
    public required string MessageType { get; init; }

    /// <summary>
    /// What the message is about; travels as the CorrelationId, and keeps its subject from being purged before it is sent.
    /// </summary>
    public Guid? CorrelationId { get; init; }

    /// <summary>Routing key, or null for none.</summary>
    public string? RoutingKey { get; init; }

    /// <summary>Null publishes the message; an address sends it there.</summary>
    public string? DestinationAddress { get; init; }

    /// <summary>The message as JSON, or that encrypted; see <see cref="OutboxSetup.Encrypt"/>.</summary>
    public required string Body { get; init; }

    /// <summary>A JSON object of strings, see <see cref="OutboxHeaders"/>; null for none.</summary>
    public string? Headers { get; init; }

    /// <summary>W3C traceparent of the activity that wrote the row.</summary>
    public string? TraceParent { get; init; }

    /// <summary>When the row was inserted, by the database's clock.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>
    /// Until then only the holder of the lease may send the row, by the database's clock: a lease's end or a delayed row's due time.
    /// </summary>
    public DateTime DueAt { get; set; }

    /// <summary>Who may send the row before <see cref="DueAt"/>; null: nobody.</summary>
    public Guid? LeaseId { get; set; }

    /// <summary>Failed attempts of this row alone; a broker that was down is not counted.</summary>
    public int Attempts { get; set; }

    /// <summary>When the row was put aside for an operator; null while it is on its way.</summary>
    public DateTime? ParkedAt { get; set; }

    /// <summary>Type and short message of the last error.</summary>
    public string? LastError { get; set; }

    /// <summary>How long after its insert the row becomes due: its writer's lease, or the delay asked for. Not stored.</summary>
    public TimeSpan DueAfter { get; init; }
}
