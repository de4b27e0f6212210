using Npgsql;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Storage;

/// <summary>A database that an Api has not yet migrated.</summary>
internal sealed class EmptyDatabase : TestDatabase
{
    public static Task<EmptyDatabase> CreateAsync() => CreateAsync(new EmptyDatabase());

    /// <summary>The host's configuration, with this database.</summary>
    public Dictionary<string, string?> Settings(ApiHost host) =>
        new(host.Configuration, StringComparer.Ordinal) { ["ConnectionStrings:Otp"] = ConnectionString, ["ASPNETCORE_URLS"] = "http://127.0.0.1:0" };

    /// <summary>A transaction with the locks of a statement, until disposed.</summary>
    public async Task<NpgsqlConnection> HoldAsync(string sql)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"BEGIN; {sql}", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    /// <summary>When the statements began that wait for a lock at the moment.</summary>
    public async Task<IReadOnlyList<DateTime>> WaitsAsync() => await ScalarAsync<DateTime[]>(
        "SELECT array_agg(query_start) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") ?? [];
}
