using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Outbox;

namespace OtpPipeline.Storage.Postgres.Outbox;

/// <summary>The inbox table on PostgreSQL.</summary>
public sealed class PostgresInbox(NpgsqlDataSource dataSource) : IInbox
{
    /// <summary>
    /// One statement that inserts these messages (MessageId and Queue) and returns (message_id, queue) of the new ones. A duplicate pair is
    /// returned once.
    /// </summary>
    public static NpgsqlBatchCommand InsertCommand(IReadOnlyList<(string MessageId, string Queue)> messages) =>
        new("""
            INSERT INTO inbox_messages (message_id, queue, received_at)
            SELECT message_id, queue, clock_timestamp() FROM unnest($1, $2) AS m (message_id, queue)
            ORDER BY message_id, queue
            ON CONFLICT DO NOTHING
            RETURNING message_id, queue
            """)
        {
            Parameters =
            {
                new() { Value = messages.Select(m => m.MessageId).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = messages.Select(m => m.Queue).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            },
        };

    /// <inheritdoc />
    public async Task<bool> TryInsertAsync(DbContext context, string messageId, string queue, CancellationToken cancellationToken)
    {
        var inserted = await context.Database.ExecuteSqlAsync(
            $"INSERT INTO inbox_messages (message_id, queue, received_at) VALUES ({messageId}, {queue}, clock_timestamp()) ON CONFLICT DO NOTHING",
            cancellationToken);
        return inserted == 1;
    }

    /// <inheritdoc />
    public async Task<int> PurgeAsync(TimeSpan age, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("""
            WITH old AS MATERIALIZED (
                SELECT message_id, queue FROM inbox_messages
                WHERE received_at < (SELECT clock_timestamp()) - $1
                ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED)
            DELETE FROM inbox_messages AS m USING old WHERE m.message_id = old.message_id AND m.queue = old.queue
            """);
        command.Parameters.Add(new() { Value = age });
        command.Parameters.Add(new() { Value = limit });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
