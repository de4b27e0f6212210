using Npgsql;

namespace OtpPipeline.Tests.Shared;

/// <summary>A database on the shared server, without tables; dropped at the end.</summary>
internal class TestDatabase : IAsyncDisposable
{
    private readonly string _server = Servers.Postgres;
    private readonly string _name = $"tests_{Guid.CreateVersion7():N}";

    protected TestDatabase()
    {
        ConnectionString = new NpgsqlConnectionStringBuilder(_server) { Database = _name, MaxPoolSize = 40 }.ConnectionString;
        Source = NpgsqlDataSource.Create(ConnectionString);
    }

    public string ConnectionString { get; }

    public NpgsqlDataSource Source { get; }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first value of the first row; the default without a row, or with a null there.</summary>
    public async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    public Task<long> CountAsync(string fromWhere) => ScalarAsync<long>($"SELECT count(*) FROM {fromWhere}");

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await ExecuteOnServerAsync($"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");
        GC.SuppressFinalize(this);
    }

    protected static async Task<T> CreateAsync<T>(T database)
        where T : TestDatabase
    {
        await database.ExecuteOnServerAsync($"CREATE DATABASE {database._name}");
        return database;
    }

    private async Task ExecuteOnServerAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_server);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
