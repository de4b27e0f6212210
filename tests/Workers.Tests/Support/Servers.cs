using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OtpPipeline.Core.Database;
using OtpPipeline.Storage.Postgres;

namespace OtpPipeline.Workers.Tests.Support;

/// <summary>The servers that ./test starts.</summary>
internal static class Servers
{
    private const string Reason = "needs ./test, which starts PostgreSQL and RabbitMQ";

    public static string Postgres => Get("OTP_TEST_POSTGRES");

    public static Uri RabbitMq => new(Get("OTP_TEST_RABBITMQ"));

    private static string Get(string name)
    {
        var value = Environment.GetEnvironmentVariable(name);
        Assert.SkipWhen(string.IsNullOrEmpty(value), Reason);
        return value!;
    }
}

/// <summary>A database of its own, with all migrations; dropped at the end.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private readonly string _maintenance;
    private readonly string _name;

    private TestDatabase(string maintenance, string name)
    {
        _maintenance = maintenance;
        _name = name;
        ConnectionString = new NpgsqlConnectionStringBuilder(maintenance) { Database = name }.ConnectionString;
    }

    public string ConnectionString { get; }

    public static async Task<TestDatabase> CreateAsync()
    {
        var database = new TestDatabase(Servers.Postgres, string.Create(CultureInfo.InvariantCulture, $"workers_{Guid.CreateVersion7():N}"));
        await ExecuteAsync(database._maintenance, $"CREATE DATABASE {database._name}");
        await using var services = new ServiceCollection().AddLogging().AddOptions().AddPostgresStorage(database.ConnectionString).BuildServiceProvider();
        await using var context = await services.GetRequiredService<IDbContextFactory<OtpDbContext>>().CreateDbContextAsync();
        await context.Database.MigrateAsync();
        return database;
    }

    public async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    public async ValueTask DisposeAsync() => await ExecuteAsync(_maintenance, $"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
