using Microsoft.EntityFrameworkCore;

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

/// <summary>A database with things and an outbox.</summary>
internal sealed class ThingsDatabase : TestDatabase
{
    public static async Task<ThingsDatabase> CreateAsync()
    {
        var database = await CreateAsync(new ThingsDatabase());
        await using var context = database.NewContext();
        await context.Database.EnsureCreatedAsync();
        return database;
    }

    public ThingsContext NewContext() => new(new DbContextOptionsBuilder<ThingsContext>().UseNpgsql(Source).Options);

    public Task<long> RowsAsync(string where = "true") => CountAsync($"outbox_messages WHERE {where}");

    public Task<DateTime> ClockAsync() => ScalarAsync<DateTime>("SELECT clock_timestamp()");
}
