using Microsoft.EntityFrameworkCore;
using Npgsql;
using OtpPipeline.Outbox;

namespace OtpPipeline.Storage.Postgres.Outbox;

/// <summary>The inbox table on PostgreSQL.</summary>
public sealed class PostgresInbox(NpgsqlDataSource dataSource) : IInbox
{
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
