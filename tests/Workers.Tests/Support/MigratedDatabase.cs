using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Core.Database;
using OtpPipeline.Storage.Postgres;

namespace OtpPipeline.Workers.Tests.Support;

/// <summary>A database with all migrations.</summary>
internal sealed class MigratedDatabase : TestDatabase
{
    public static async Task<MigratedDatabase> CreateAsync()
    {
        var database = await CreateAsync(new MigratedDatabase());
        await using var services = new ServiceCollection().AddLogging().AddOptions().AddPostgresStorage(database.ConnectionString)
            .BuildServiceProvider();
        await using var context = await services.GetRequiredService<IDbContextFactory<OtpDbContext>>().CreateDbContextAsync();
        await context.Database.MigrateAsync();
        return database;
    }
}
