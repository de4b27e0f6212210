using System.Data;
using System.Data.Common;

namespace OtpPipeline.Storage.SqlServer.Sessions;

/// <summary>A pooled connection for one unit of work, with or without a transaction.</summary>
/// <remarks>
/// A command with parameters runs within sp_executesql, which must end with as many open transactions as it began with (error 266). So a
/// statement without parameters begins the transaction, and the batch that saves ends with COMMIT and an empty transaction in its place:
/// no locks, no log, no round trip, and the reset before the connection's next use ends it.
/// </remarks>
internal sealed class SqlServerSession : IAsyncDisposable
{
    public const string Begin = "BEGIN TRANSACTION";
    public const string Rollback = "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION";
    public const string Commit = "COMMIT TRANSACTION; BEGIN TRANSACTION;";

    private readonly DbConnection _connection;
    private bool _holds;

    private SqlServerSession(DbConnection connection, bool holds)
    {
        _connection = connection;
        _holds = holds;
    }

    /// <summary>Opens a session with a transaction, which costs a round trip; the commit costs none.</summary>
    public static async Task<SqlServerSession> BeginAsync(SqlServerDatabase database, CancellationToken cancellationToken)
    {
        var session = new SqlServerSession(await database.OpenAsync(cancellationToken), holds: true);
        try
        {
            await session.SendAsync(Begin, cancellationToken);
            return session;
        }
        catch (Exception)
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens a session without a transaction: each statement commits by itself.</summary>
    public static async Task<SqlServerSession> OpenAsync(SqlServerDatabase database, CancellationToken cancellationToken) =>
        new(await database.OpenAsync(cancellationToken), holds: false);

    public async Task<T> ReadAsync<T>(SqlServerBatch batch, Func<DbDataReader, Task<T>> read, CancellationToken cancellationToken)
    {
        await using var command = batch.On(_connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var result = await read(reader);

        // An error after the last row that was read arrives with the rest of the answer.
        while (await reader.NextResultAsync(cancellationToken))
        {
        }

        return result;
    }

    public async Task ExecuteAsync(SqlServerBatch batch, CancellationToken cancellationToken)
    {
        await using var command = batch.On(_connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Runs the batch, which may be empty, and commits.</summary>
    public async Task SaveAsync(SqlServerBatch batch, CancellationToken cancellationToken)
    {
        batch.Add(Commit);
        await ExecuteAsync(batch, cancellationToken);
        _holds = false;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_holds && _connection.State == ConnectionState.Open)
            {
                await SendAsync(Rollback, CancellationToken.None);
            }
        }
        finally
        {
            await _connection.DisposeAsync();
        }
    }

    private async Task SendAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = _connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
