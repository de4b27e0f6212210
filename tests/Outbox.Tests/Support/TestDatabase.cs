using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace OtpPipeline.Outbox.Tests.Support;

public sealed class Thing
{
    public int Id { get; init; }
}

internal sealed class ThingsContext(DbContextOptions<ThingsContext> options) : DbContext(options)
{
    public DbSet<Thing> Things => Set<Thing>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddOutbox();
        modelBuilder.Entity<Thing>().Property(t => t.Id).ValueGeneratedNever();
    }
}

/// <summary>A database of the test's own, dropped at its end.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private readonly string _name = $"outbox_{Guid.NewGuid():N}";

    private TestDatabase()
    {
        ConnectionString = new NpgsqlConnectionStringBuilder(Servers.Postgres) { Database = _name, MaxPoolSize = 40 }.ConnectionString;
        Source = NpgsqlDataSource.Create(ConnectionString);
    }

    public string ConnectionString { get; }

    public NpgsqlDataSource Source { get; }

    public static async Task<TestDatabase> CreateAsync()
    {
        var database = new TestDatabase();
        await using var context = database.NewContext();
        await context.Database.EnsureCreatedAsync();
        return database;
    }

    public ThingsContext NewContext() => new(new DbContextOptionsBuilder<ThingsContext>().UseNpgsql(Source).Options);

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public Task<long> RowsAsync(string where = "true") => ScalarAsync<long>($"SELECT count(*) FROM outbox_messages WHERE {where}");

    public Task<DateTime> ClockAsync() => ScalarAsync<DateTime>("SELECT clock_timestamp()");

    public async ValueTask DisposeAsync()
    {
        await using (var context = NewContext())
        {
            await context.Database.EnsureDeletedAsync();
        }

        await Source.DisposeAsync();
    }
}
