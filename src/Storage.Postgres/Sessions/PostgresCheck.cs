using Npgsql;

namespace OtpPipeline.Storage.Postgres.Sessions;

/// <summary>
/// Whether the connections lead to PostgreSQL as the stores need it, also where a pooler such as PgBouncer stands in between.
/// </summary>
internal sealed class PostgresCheck(string connectionString, bool behindPooler)
{
    private const string Page = "docs/operations.md, PgBouncer";
    private const int Tries = 5;

    // Prepared statements are what fails behind a pooler that is not configured.
    private readonly string _unpooled =
        new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, MaxAutoPrepare = 0 }.ConnectionString;

    /// <summary>The sentence for the operator; null where all is well.</summary>
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
            // There is no such database: --migrate makes it, and a host finds it without tables.
            return null;
        }
    }

    private async Task<string?> LookAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // A pooler gives its clients process ids of its own.
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

    /// <summary>Whether two connections that are open at once are served by the same process, one transaction each.</summary>
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
