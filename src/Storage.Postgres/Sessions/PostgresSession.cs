using System.Data;
using Npgsql;

namespace OtpPipeline.Storage.Postgres.Sessions;

/// <summary>A pooled connection for one unit of work, with or without a transaction. All batches of several statements use it.</summary>
/// <remarks>
/// If a batch fails while its rows are read, Npgsql treats its later statements as prepared, although the server never saw them, and every
/// later use of the connection fails. So a connection that saw an error drops its prepared statements before it returns to the pool.
/// </remarks>
internal sealed class PostgresSession : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction? _transaction;
    private bool _failed;

    private PostgresSession(NpgsqlConnection connection, NpgsqlTransaction? transaction)
    {
        _connection = connection;
        _transaction = transaction;
    }

    /// <summary>Opens a session with a transaction, which begins with the first batch and costs no round trip.</summary>
    public static async Task<PostgresSession> BeginAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return new(connection, await connection.BeginTransactionAsync(CancellationToken.None));
    }

    /// <summary>Opens a session without a transaction: each batch commits by itself.</summary>
    public static async Task<PostgresSession> OpenAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken) =>
        new(await dataSource.OpenConnectionAsync(cancellationToken), transaction: null);

    public NpgsqlBatch NewBatch() => new(_connection, _transaction);

    public async Task<T> ReadAsync<T>(NpgsqlBatch batch, Func<NpgsqlDataReader, Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            return await read(reader);
        }
        catch (Exception)
        {
            _failed = true;
            throw;
        }
    }

    /// <summary>Runs a batch without reading results; returns the number of changed rows.</summary>
    public async Task<int> ExecuteAsync(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        try
        {
            return await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (Exception)
        {
            _failed = true;
            throw;
        }
    }

    public Task CommitAsync(CancellationToken cancellationToken) => _transaction!.CommitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_transaction is not null)
            {
                await _transaction.DisposeAsync();
            }

            if (_failed)
            {
                await ForgetPreparedAsync();
            }
        }
        finally
        {
            await _connection.DisposeAsync();
        }
    }

    /// <summary>Costs one round trip. A broken connection is skipped, because the pool does not reuse it.</summary>
    private async Task ForgetPreparedAsync()
    {
        var settings = new NpgsqlConnectionStringBuilder(_connection.ConnectionString);
        if (_connection.FullState != ConnectionState.Open || settings.MaxAutoPrepare == 0)
        {
            return;
        }

        try
        {
            await Task.Run(_connection.UnprepareAll);
        }
        catch (NpgsqlException)
        {
            // Which statements are prepared is now unknown, so none of the pool's open connections is used again.
            NpgsqlConnection.ClearPool(_connection);
        }
    }
}
