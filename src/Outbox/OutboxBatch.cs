using System.Diagnostics;

namespace OtpPipeline.Outbox;

/// <summary>
/// Collects the messages of one unit of work. The owner of the transaction inserts <see cref="Messages"/> and calls <see
/// cref="IOutbox.Dispatch"/> after the commit. Not thread-safe.
/// </summary>
public sealed class OutboxBatch
{
    private readonly OutboxSerializer _serializer;
    private readonly TimeSpan _lease;
    private readonly Guid _leaseId;
    private readonly List<OutboxMessage> _rows = [];
    private readonly List<OutgoingMessage> _outgoing = [];

    /// <summary>
    /// Creates a batch whose rows are inserted under <paramref name="leaseId"/>; <see cref="IOutbox.NewBatch"/> calls this.
    /// </summary>
    public OutboxBatch(OutboxSerializer serializer, TimeProvider time, TimeSpan lease, Guid leaseId)
    {
        _serializer = serializer;
        _lease = lease;
        _leaseId = leaseId;
        CreatedTimestamp = time.GetTimestamp();
    }

    /// <summary>The rows to insert.</summary>
    public IReadOnlyList<OutboxMessage> Messages => _rows;

    /// <summary>Monotonic time of creation. A lease ends no earlier than this time plus the lease length.</summary>
    internal long CreatedTimestamp { get; }

    /// <summary>The rows that their writer may send: all but the delayed ones.</summary>
    internal IReadOnlyList<OutgoingMessage> Outgoing => _outgoing;

    /// <summary>
    /// Publishes the message after the commit, at the earliest <paramref name="delay"/> after its insert. Returns the MessageId.
    /// </summary>
    public Guid Publish<T>(
        T message, string? routingKey = null, TimeSpan? delay = null, IReadOnlyDictionary<string, string>? headers = null,
        string? traceParent = null, Guid? correlationId = null)
        where T : class =>
        Add(message, destination: null, routingKey, delay, headers, traceParent, correlationId);

    /// <summary>
    /// Sends the message to one address after the commit, at the earliest <paramref name="delay"/> after its insert. Returns the MessageId.
    /// </summary>
    public Guid Send<T>(
        T message, Uri destination, string? routingKey = null, TimeSpan? delay = null, IReadOnlyDictionary<string, string>? headers = null,
        string? traceParent = null, Guid? correlationId = null)
        where T : class =>
        Add(message, destination, routingKey, delay, headers, traceParent, correlationId);

    private Guid Add<T>(
        T message, Uri? destination, string? routingKey, TimeSpan? delay, IReadOnlyDictionary<string, string>? headers, string? traceParent,
        Guid? correlationId)
        where T : class
    {
        var (messageType, body) = _serializer.Write(message);
        var delayed = delay > TimeSpan.Zero;
        var row = new OutboxMessage
        {
            Id = Guid.CreateVersion7(),
            MessageType = messageType,
            CorrelationId = correlationId,
            RoutingKey = routingKey,
            DestinationAddress = destination?.AbsoluteUri,
            Body = body,
            Headers = _serializer.WriteHeaders(headers),
            // One batch may hold work of several traces, so the caller's trace parent takes precedence over the ambient activity.
            TraceParent = traceParent ?? (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null),
            DueAfter = delayed ? delay!.Value : _lease,
            LeaseId = delayed ? null : _leaseId,
        };
        _rows.Add(row);
        if (!delayed)
        {
            _outgoing.Add(new OutgoingMessage(row, message, typeof(T)));
        }

        return row.Id;
    }
}
