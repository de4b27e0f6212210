using System.Data.Common;
using OtpPipeline.Outbox;
using OtpPipeline.Storage.SqlServer.Sessions;

namespace OtpPipeline.Storage.SqlServer.Outbox;

/// <summary>SQL for table outbox_messages (alias m).</summary>
internal static class OutboxTable
{
    public const string Columns =
        "m.id, m.message_type, m.routing_key, m.destination_address, m.body, m.headers, m.trace_parent, "
        + "m.created_at, m.due_at, m.lease_id, m.attempts, m.parked_at, m.last_error, m.correlation_id";

    private static readonly RowSet<OutboxMessage> New = new(
        "new_messages",
        Column.Id<OutboxMessage>("id", m => m.Id),
        Column.Text<OutboxMessage>("message_type", 100, m => m.MessageType),
        Column.Text<OutboxMessage>("routing_key", 255, m => m.RoutingKey),
        Column.Text<OutboxMessage>("destination_address", 1000, m => m.DestinationAddress),
        Column.LongText<OutboxMessage>("body", m => m.Body),
        Column.LongText<OutboxMessage>("headers", m => m.Headers),
        Column.Text<OutboxMessage>("trace_parent", 100, m => m.TraceParent),
        Column.Span<OutboxMessage>("due_after", m => m.DueAfter),
        Column.Id<OutboxMessage>("lease_id", m => m.LeaseId),
        Column.Id<OutboxMessage>("correlation_id", m => m.CorrelationId));

    private static readonly string InsertSql =
        $"""
        {SqlServerBatch.ReadClock}
        INSERT INTO outbox_messages (id, message_type, routing_key, destination_address, body, headers, trace_parent, created_at, due_at,
                                     lease_id, attempts, correlation_id)
        SELECT id, message_type, routing_key, destination_address, body, headers, trace_parent, @now, {Clock.Plus("due_after")},
               lease_id, 0, correlation_id
        FROM {New.Table} n
        """;

    /// <summary>Inserts these rows; add it to the batch of their transaction.</summary>
    public static void Insert(SqlServerBatch batch, IReadOnlyList<OutboxMessage> messages) => batch.Add(InsertSql, New.Of(messages));

    public static OutboxMessage Read(DbDataReader r) => new()
    {
        Id = r.GetGuid(0),
        MessageType = r.GetString(1),
        RoutingKey = r.Text(2),
        DestinationAddress = r.Text(3),
        Body = r.GetString(4),
        Headers = r.Text(5),
        TraceParent = r.Text(6),
        CreatedAt = r.Time(7),
        DueAt = r.Time(8),
        LeaseId = r.Value<Guid>(9),
        Attempts = r.GetInt32(10),
        ParkedAt = r.MaybeTime(11),
        LastError = r.Text(12),
        CorrelationId = r.Value<Guid>(13),
    };
}
