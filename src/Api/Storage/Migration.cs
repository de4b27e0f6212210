using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using OtpPipeline.Core.Applications.Seeding;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Stores;
using OtpPipeline.Hosting.Logging;
using OtpPipeline.Hosting.Starting;

namespace OtpPipeline.Api.Storage;

/// <summary>Implements <c>--migrate</c>: updates the database and adds configured applications that it lacks.</summary>
/// <remarks>Hosts may run meanwhile: a change of a table waits for them only briefly each time, and they wait briefly for it.</remarks>
internal static partial class Migration
{
    // Statements that come after a change that waits for a table wait too: this is shorter than hosts wait for a lock.
    private const int LockTimeoutMilliseconds = 1000;

    // Building an index over a large table can take hours.
    private static readonly TimeSpan LongestStatement = TimeSpan.FromHours(12);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static async Task RunAsync(WebApplication app)
    {
        var services = app.Services;
        var cancellationToken = app.Lifetime.ApplicationStopping;
        if (await services.GetRequiredService<StoreCheck>()(cancellationToken) is { } problem)
        {
            throw new UnusableDatabaseException(problem);
        }

        var pending = await RetriedAsync(services, () => MigrateAsync(services, cancellationToken), cancellationToken);
        var seeding = services.GetRequiredService<ApplicationSeeding>();
        var added = await RetriedAsync(services, () => seeding.SeedAsync(cancellationToken), cancellationToken);
        await using var context = await ContextAsync(services, cancellationToken);
        var all = await context.Applications.CountAsync(cancellationToken);
        await Console.Out.WriteLineAsync($"Database migrated: {pending} migrations applied, {added} applications added, {all} in all.");
    }

    private static Task<OtpDbContext> ContextAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        services.GetRequiredService<IDbContextFactory<OtpDbContext>>().CreateDbContextAsync(cancellationToken);

    private static async Task<int> MigrateAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await using var context = await ContextAsync(services, cancellationToken);
        var state = await MigrationState.ReadAsync(context.Database, cancellationToken);
        if (state.Foreign is { } problem)
        {
            throw new UnusableDatabaseException(problem);
        }

        if (state.Pending.Count == 0)
        {
            return 0;
        }

        var creator = context.GetService<IRelationalDatabaseCreator>();
        if (!await creator.ExistsAsync(cancellationToken))
        {
            await creator.CreateAsync(cancellationToken);
        }

        context.Database.SetCommandTimeout(LongestStatement);
        await context.Database.OpenConnectionAsync(cancellationToken);
        if (services.GetRequiredService<LockTimeoutSql>()(LockTimeoutMilliseconds) is { } statement)
        {
            await context.Database.ExecuteSqlRawAsync(statement, cancellationToken);
        }

        await context.Database.MigrateAsync(cancellationToken);
        return state.Pending.Count;
    }

    /// <summary>Retries while other sessions hold the needed locks, or write the same rows.</summary>
    private static async Task<T> RetriedAsync<T>(IServiceProvider services, Func<Task<T>> step, CancellationToken cancellationToken)
    {
        var time = services.GetRequiredService<TimeProvider>();
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Migration));
        var start = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await step();
            }
            catch (Exception failure) when (
                StoreFailures.KindOf(failure) is StoreFailure.Busy or StoreFailure.Retry or StoreFailure.Duplicate)
            {
                if (time.GetElapsedTime(start) > Patience)
                {
                    throw new UnusableDatabaseException(
                        "The database is too busy to be migrated: end long transactions, then run --migrate again.");
                }

                Log.Waits(logger, ExceptionText.MessagesOf(failure));
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "The migration waits for other transactions; it tries again ({Error})")]
        public static partial void Waits(ILogger logger, string error);
    }
}
