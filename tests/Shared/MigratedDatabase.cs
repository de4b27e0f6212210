using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Core.Database;
using OtpPipeline.Storage.Postgres;

namespace OtpPipeline.Tests.Shared;

/// <summary>A database with all migrations: a copy of one that is migrated once.</summary>
internal sealed class MigratedDatabase : TestDatabase
{
    private static readonly Lazy<Task<MigratedDatabase>> Template = new(MigrateAsync);

    public static async Task<MigratedDatabase> CreateAsync() => await CreateAsync(new MigratedDatabase(), await TemplateAsync());

    /// <summary>Name of the migrated database, for CREATE DATABASE with TEMPLATE. Nothing is connected to it.</summary>
    public static async Task<string> TemplateAsync() => (await Template.Value).Name;

    private static async Task<MigratedDatabase> MigrateAsync()
    {
        var database = await CreateAsync(new MigratedDatabase());
        await using (var services = new ServiceCollection().AddLogging().AddOptions().AddPostgresStorage(database.ConnectionString)
            .BuildServiceProvider())
        {
            await using var context = await services.GetRequiredService<IDbContextFactory<OtpDbContext>>().CreateDbContextAsync();
            await context.Database.MigrateAsync();
        }

        await database.Source.DisposeAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => database.Drop();
        return database;
    }
}
