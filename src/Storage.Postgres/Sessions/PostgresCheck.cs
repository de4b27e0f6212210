using Npgsql;

namespace OtpPipeline.Storage.Postgres.Sessions;

/// <summary>Checks that connections reach PostgreSQL as the stores need it, also through a pooler such as PgBouncer.</summary>
internal sealed class PostgresCheck(string connectionString, bool behindPooler)
{
    private const string Page = "docs/operations.md, PgBouncer";
    private const int Tries = 5;

    // No prepared statements: they fail behind a pooler that is not configured for them.
    private readonly string _unpooled =
        new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, MaxAutoPrepare = 0 }.ConnectionString;

    /// <summary>Returns an error sentence for the operator, or null if all is well.</summary>
    public async Task<string?> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await OpenAsync(cancellationToken);
            return await LookAsync(connection, cancellationToken);
        }
        catch (PostgresException failure)
            when (failure is { SqlState: PostgresErrorCodes.ProtocolViolation }
                && failure.MessageText.Contains("startup parameter", StringComparison.Ordinal))
        {
            return behindPooler
                ? $"ConnectionStrings:Otp leads to a pooler that refuses Options: take Options out of it ({Page})."
                : $"ConnectionStrings:Otp leads to a pooler that refuses startup options: set Storage:Pooler to Transaction ({Page}).";
        }
        catch (PostgresException failure) when (failure is { SqlState: PostgresErrorCodes.InvalidCatalogName })
        {
            // The database does not exist: --migrate creates it, and a host reports the missing tables.
            return null;
        }
    }

    private async Task<string?> LookAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // A pooler reports its own process ids to clients.
        if (!behindPooler && await BackendOfAsync(connection, cancellationToken) == connection.ProcessID)
        {
            return null;
        }

        if (!behindPooler && await IsSharedAsync(connection, cancellationToken))
        {
            return $"ConnectionStrings:Otp leads to a pooler in transaction mode: set Storage:Pooler to Transaction ({Page}).";
        }

        var missing = SessionSettings.Missing(await ReadAsync(connection, cancellationToken));
        return missing.Count == 0
            ? null
            : $"The role of ConnectionStrings:Otp lacks settings that its sessions need behind a pooler: {string.Join(", ", missing)}; "
              + $"set them with ALTER ROLE and let the pooler reconnect ({Page}).";
    }

    /// <summary>True if one server process serves two connections open at once, one transaction each.</summary>
    private async Task<bool> IsSharedAsync(NpgsqlConnection first, CancellationToken cancellationToken)
    {
        await using var second = await OpenAsync(cancellationToken);
        for (var i = 0; i < Tries; i++)
        {
            if (await BackendOfAsync(first, cancellationToken) == await BackendOfAsync(second, cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(_unpooled);
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

    private static async Task<int> BackendOfAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT pg_backend_pid()", connection);
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<Dictionary<string, string>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT name, setting FROM pg_settings WHERE name = ANY ($1)", connection);
        command.Parameters.Add(new() { Value = SessionSettings.Names.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return (await Rows.ReadAllAsync(reader, r => (Name: r.GetString(0), Value: r.GetString(1)), cancellationToken))
            .ToDictionary(s => s.Name, s => s.Value, StringComparer.Ordinal);
    }
}
