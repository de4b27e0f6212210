using Npgsql;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Storage.Postgres.Sessions;

namespace OtpPipeline.Api.Tests.Storage;

/// <summary>A database without tables on the shared server; dropped at the end.</summary>
internal sealed class EmptyDatabase : IAsyncDisposable
{
    private readonly string _name = $"api_tests_{Guid.CreateVersion7():N}";

    public string ConnectionString => new NpgsqlConnectionStringBuilder(Servers.Postgres) { Database = _name }.ConnectionString;

    public static async Task<EmptyDatabase> CreateAsync()
    {
        var database = new EmptyDatabase();
        await ExecuteAsync(Servers.Postgres!, $"CREATE DATABASE {database._name}");
        return database;
    }

    /// <summary>The host's configuration, with this database.</summary>
    public Dictionary<string, string?> Settings(ApiHost host) =>
        new(host.Configuration, StringComparer.Ordinal) { ["ConnectionStrings:Otp"] = ConnectionString, ["ASPNETCORE_URLS"] = "http://127.0.0.1:0" };

    public Task ExecuteAsync(string sql) => ExecuteAsync(ConnectionString, sql);

    /// <summary>A transaction with the locks of a statement, until disposed.</summary>
    public async Task<NpgsqlConnection> HoldAsync(string sql)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"BEGIN; {sql}", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    public async Task<long> CountAsync(string fromWhere)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"SELECT count(*) FROM {fromWhere}", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>When the statements began that wait for a lock at the moment.</summary>
    public async Task<IReadOnlyList<DateTime>> WaitsAsync()
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "SELECT query_start FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var waits = new List<DateTime>();
        while (await reader.ReadAsync())
        {
            waits.Add(reader.GetDateTime(0));
        }

        return waits;
    }

    public async ValueTask DisposeAsync() => await ExecuteAsync(Servers.Postgres!, $"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
