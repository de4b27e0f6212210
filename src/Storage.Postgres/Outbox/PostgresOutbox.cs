using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Outbox;
using OtpPipeline.Storage.Postgres.Sessions;

namespace OtpPipeline.Storage.Postgres.Outbox;

/// <summary>The outbox table on PostgreSQL.</summary>
public sealed class PostgresOutbox(NpgsqlDataSource dataSource) : IOutboxStore
{
    // The sub-select gives one clock value per statement, which an index search can use; clock_timestamp() itself is volatile.
    private const string Clock = "(SELECT clock_timestamp())";

    private const string AllColumns =
        "m.id, m.message_type, m.routing_key, m.destination_address, m.body, m.headers, m.trace_parent, "
        + "m.created_at, m.due_at, m.lease_id, m.attempts, m.parked_at, m.last_error, m.correlation_id";

    /// <summary>One statement that inserts these rows; add it to the batch of their transaction.</summary>
    public static NpgsqlBatchCommand InsertCommand(IReadOnlyList<OutboxMessage> messages) =>
        new("""
            INSERT INTO outbox_messages (id, message_type, routing_key, destination_address, body, headers, trace_parent, created_at, due_at, lease_id, attempts, correlation_id)
            SELECT id, message_type, routing_key, destination_address, body, headers, trace_parent, clock.now, clock.now + due_after, lease_id, 0, correlation_id
            FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                AS m (id, message_type, routing_key, destination_address, body, headers, trace_parent, due_after, lease_id, correlation_id),
                (SELECT clock_timestamp() AS now) AS clock
            """)
        {
            Parameters =
            {
                Parameters.From(messages, m => m.Id, NpgsqlDbType.Uuid),
                Parameters.From(messages, m => m.MessageType, NpgsqlDbType.Text),
                Parameters.From(messages, m => m.RoutingKey, NpgsqlDbType.Text),
                Parameters.From(messages, m => m.DestinationAddress, NpgsqlDbType.Text),
                Parameters.From(messages, m => m.Body, NpgsqlDbType.Text),
                Parameters.From(messages, m => m.Headers, NpgsqlDbType.Text),
                Parameters.From(messages, m => m.TraceParent, NpgsqlDbType.Text),
                Parameters.From(messages, m => m.DueAfter, NpgsqlDbType.Interval),
                Parameters.From(messages, m => m.LeaseId, NpgsqlDbType.Uuid),
                Parameters.From(messages, m => m.CorrelationId, NpgsqlDbType.Uuid),
            },
        };

    /// <inheritdoc />
    public async Task<IReadOnlyList<OutboxMessage>> ClaimAsync(Guid leaseId, TimeSpan lease, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"""
            WITH due AS MATERIALIZED (
                SELECT id FROM outbox_messages
                WHERE parked_at IS NULL AND due_at <= {Clock}
                ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
            UPDATE outbox_messages AS m SET lease_id = $1, due_at = clock_timestamp() + $2
            FROM due WHERE m.id = due.id
            RETURNING {AllColumns}
            """);
        command.Parameters.Add(new() { Value = leaseId });
        command.Parameters.Add(new() { Value = lease });
        command.Parameters.Add(new() { Value = limit });
        return await ReadAsync(command, cancellationToken);
    }

    /// <inheritdoc />
    public Task DeleteAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        ExecuteAsync("DELETE FROM outbox_messages WHERE id = ANY ($1)", cancellationToken, new NpgsqlParameter { Value = ids.ToArray() });

    /// <inheritdoc />
    public Task ReleaseAsync(Guid leaseId, IReadOnlyCollection<Guid> ids, TimeSpan after, CancellationToken cancellationToken) =>
        ExecuteAsync(
            "UPDATE outbox_messages SET due_at = clock_timestamp() + $3, lease_id = NULL WHERE id = ANY ($1) AND lease_id = $2",
            cancellationToken,
            new() { Value = ids.ToArray() },
            new() { Value = leaseId },
            new() { Value = after });

    /// <inheritdoc />
    public Task FailAsync(Guid leaseId, IReadOnlyCollection<OutboxFailure> failures, CancellationToken cancellationToken) =>
        ExecuteAsync(
            """
            UPDATE outbox_messages AS m
            SET attempts = attempts + 1, last_error = f.error, lease_id = NULL,
                due_at = clock_timestamp() + coalesce(f.retry_after, interval '0'),
                parked_at = CASE WHEN f.retry_after IS NULL THEN clock_timestamp() END
            FROM unnest($2, $3, $4) AS f (id, retry_after, error)
            WHERE m.id = f.id AND m.lease_id = $1
            """,
            cancellationToken,
            new() { Value = leaseId },
            Parameters.From(failures, f => f.Id, NpgsqlDbType.Uuid),
            Parameters.From(failures, f => f.RetryAfter, NpgsqlDbType.Interval),
            Parameters.From(failures, f => f.Error, NpgsqlDbType.Text));

    /// <inheritdoc />
    public async Task<IReadOnlyList<OutboxMessage>> ListParkedAsync(int limit, Guid? after, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"""
            SELECT {AllColumns} FROM outbox_messages AS m
            WHERE parked_at IS NOT NULL AND id > $1 ORDER BY id LIMIT $2
            """);
        command.Parameters.Add(new() { Value = after ?? Guid.Empty });
        command.Parameters.Add(new() { Value = limit });
        return await ReadAsync(command, cancellationToken);
    }

    /// <inheritdoc />
    public Task<int> ReplayAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        ExecuteAsync(
            "UPDATE outbox_messages SET parked_at = NULL, attempts = 0, due_at = clock_timestamp() WHERE id = ANY ($1) AND parked_at " +
            "IS NOT NULL",
            cancellationToken,
            new NpgsqlParameter { Value = ids.ToArray() });

    /// <inheritdoc />
    public Task<int> DiscardAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        ExecuteAsync(
            "DELETE FROM outbox_messages WHERE id = ANY ($1) AND parked_at IS NOT NULL", cancellationToken,
            new NpgsqlParameter { Value = ids.ToArray() });

    private static async Task<IReadOnlyList<OutboxMessage>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var rows = new List<OutboxMessage>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new OutboxMessage
            {
                Id = reader.GetGuid(0),
                MessageType = reader.GetString(1),
                RoutingKey = reader.Text(2),
                DestinationAddress = reader.Text(3),
                Body = reader.GetString(4),
                Headers = reader.Text(5),
                TraceParent = reader.Text(6),
                CreatedAt = reader.GetDateTime(7),
                DueAt = reader.GetDateTime(8),
                LeaseId = reader.Value<Guid>(9),
                Attempts = reader.GetInt32(10),
                ParkedAt = reader.Value<DateTime>(11),
                LastError = reader.Text(12),
                CorrelationId = reader.Value<Guid>(13),
            });
        }

        return rows;
    }

    private async Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
