namespace OtpPipeline.Storage.SqlServer.Tests;

/// <summary>SQL Server for the storage suite: databases on the server that OTP_TEST_SQLSERVER names, each with all migrations.</summary>
internal static class SqlServerRow
{
    /// <summary>Value of Storage:Provider.</summary>
    public const string Provider = "SqlServer";

    /// <summary>How many requests in the database wait for a lock.</summary>
    public const string WaitingSql =
        "SELECT COUNT(*) AS [Value] FROM sys.dm_exec_requests r WHERE r.database_id = DB_ID() AND r.blocking_session_id <> 0";

    public static bool IsThere => SqlServers.AreThere;

    public static void SkipWithout() => SqlServers.SkipWithout();

    public static async Task<(string Connection, IAsyncDisposable Database)> CreateAsync()
    {
        var connection = SqlServers.NewDatabase();
        await SqlServers.MigrateAsync(connection);
        return (connection, new Dropped(connection));
    }

    /// <summary>The same database: how long a process waits for a lock stands in its statements.</summary>
    public static string Impatient(string connection) => connection;

    private sealed class Dropped(string connection) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await SqlServers.DropAsync(connection);
    }
}
