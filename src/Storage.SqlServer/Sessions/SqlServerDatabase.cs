using System.Data.Common;

namespace OtpPipeline.Storage.SqlServer.Sessions;

/// <summary>Makes connections; the driver keeps them in a pool and resets each one before its next use.</summary>
internal sealed class SqlServerDatabase(Func<DbConnection> connect)
{
    public async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = connect();
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch (Exception)
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs one batch that commits by itself, and reads its result sets.</summary>
    public async Task<T> ReadAsync<T>(SqlServerBatch batch, Func<DbDataReader, Task<T>> read, CancellationToken cancellationToken)
    {
        await using var session = await SqlServerSession.OpenAsync(this, cancellationToken);
        return await session.ReadAsync(batch, read, cancellationToken);
    }

    /// <summary>Runs one batch that commits by itself, and reads the rows of its only result set.</summary>
    public Task<List<T>> ReadAllAsync<T>(SqlServerBatch batch, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        ReadAsync(batch, reader => Rows.ReadAllAsync(reader, read, cancellationToken), cancellationToken);

    /// <summary>Runs one batch that commits by itself and has no result set.</summary>
    public async Task ExecuteAsync(SqlServerBatch batch, CancellationToken cancellationToken)
    {
        await using var session = await SqlServerSession.OpenAsync(this, cancellationToken);
        await session.ExecuteAsync(batch, cancellationToken);
    }
}
