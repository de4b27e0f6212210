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

    public string Name => _name;

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

    /// <summary>Makes a pending OTP due.</summary>
    public Task ExpireAsync(Guid otpId) => ExecuteAsync(
        $"""
        UPDATE otps SET expires_at = clock_timestamp() WHERE id = '{otpId}';
        UPDATE otp_pins p SET valid_until = o.expires_at FROM otps o WHERE o.id = p.otp_id AND o.id = '{otpId}'
        """);

    public Task<long> CountAsync(string fromWhere) => ScalarAsync<long>($"SELECT count(*) FROM {fromWhere}");

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await ExecuteOnServerAsync(DropSql);
        GC.SuppressFinalize(this);
    }

    protected static async Task<T> CreateAsync<T>(T database, string? template = null)
        where T : TestDatabase
    {
        await database.ExecuteOnServerAsync($"CREATE DATABASE {database._name}{(template is null ? "" : $" TEMPLATE {template}")}");
        return database;
    }

    /// <summary>For the end of the process, which waits for nothing asynchronous.</summary>
    protected void Drop()
    {
        using var connection = new NpgsqlConnection(_server);
        connection.Open();
        using var command = new NpgsqlCommand(DropSql, connection);
        command.ExecuteNonQuery();
    }

    private string DropSql => $"DROP DATABASE IF EXISTS {_name} WITH (FORCE)";

    private async Task ExecuteOnServerAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_server);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
