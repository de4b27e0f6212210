using Microsoft.EntityFrameworkCore;
using OtpPipeline.Outbox;
using OtpPipeline.Storage.SqlServer.Sessions;

namespace OtpPipeline.Storage.SqlServer.Outbox;

/// <summary>The inbox table on SQL Server.</summary>
internal sealed class SqlServerInbox(SqlServerDatabase database) : IInbox
{
    /// <summary>
    /// The insert waits while another transaction inserts the same message. A duplicate ends the statement only: XACT_ABORT is off within
    /// this command, and the transaction goes on.
    /// </summary>
    public const string InsertSql =
        """
        SET XACT_ABORT OFF;
        SET LOCK_TIMEOUT 5000;
        BEGIN TRY
            INSERT INTO inbox_messages (message_id, queue, received_at)
            SELECT @message_id, @queue, SYSUTCDATETIME()
            WHERE NOT EXISTS (SELECT 1 FROM inbox_messages m WITH (FORCESEEK) WHERE m.message_id = @message_id AND m.queue = @queue);
        END TRY
        BEGIN CATCH
            IF ERROR_NUMBER() NOT IN (2601, 2627) THROW;
        END CATCH
        """;

    private static readonly string PurgeSql =
        $"""
        DECLARE @before datetime2(6) = {Clock.Minus("@age")};
        WITH old AS (
            SELECT TOP (@limit) * FROM inbox_messages m WITH (READPAST, ROWLOCK, READCOMMITTEDLOCK)
            WHERE m.received_at < @before
            ORDER BY m.received_at)
        DELETE FROM old;
        SELECT @@ROWCOUNT
        """;

    public async Task<bool> TryInsertAsync(DbContext context, string messageId, string queue, CancellationToken cancellationToken) =>
        await context.Database.ExecuteSqlRawAsync(
            InsertSql, [Values.Text("message_id", 255, messageId), Values.Text("queue", 255, queue)], cancellationToken) == 1;

    public Task<int> PurgeAsync(TimeSpan age, int limit, CancellationToken cancellationToken) => database.ReadAsync(
        new(PurgeSql, Values.Span("age", age), Values.Number("limit", limit)),
        reader => Rows.ReadOneAsync(reader, r => r.GetInt32(0), cancellationToken), cancellationToken);
}
