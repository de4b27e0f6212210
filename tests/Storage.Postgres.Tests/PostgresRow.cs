using Npgsql;

namespace OtpPipeline.Storage.Postgres.Tests;

/// <summary>PostgreSQL for the storage suite: each database is a copy of one that is migrated once.</summary>
internal static class PostgresRow
{
    /// <summary>Value of Storage:Provider.</summary>
    public const string Provider = "Postgres";

    /// <summary>How many sessions of the database wait for a lock.</summary>
    public const string WaitingSql =
        "SELECT count(*)::int AS \"Value\" FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";

    public static bool IsThere => Servers.AreThere;

    public static void SkipWithout() => Servers.SkipWithout();

    public static async Task<(string Connection, IAsyncDisposable Database)> CreateAsync()
    {
        var database = await MigratedDatabase.CreateAsync();
        return (database.ConnectionString, database);
    }

    /// <summary>The same database for a process that waits a moment for a lock, where the provider lets it choose.</summary>
    public static string Impatient(string connection) =>
        new NpgsqlConnectionStringBuilder(connection) { Options = "-c lock_timeout=200" }.ConnectionString;
}
