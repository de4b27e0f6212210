using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Applications.Seeding;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Stores;
using OtpPipeline.Hosting;
using OtpPipeline.Hosting.Logging;
using OtpPipeline.Hosting.Starting;

namespace OtpPipeline.Api.Storage;

/// <summary>
/// What <c>--migrate</c> does instead of serving: brings the database up to date and writes the configured applications that it lacks.
/// Hosts may be
/// at work meanwhile, so a change of a table waits for them only shortly each time, and they for it.
/// </summary>
internal static partial class Migration
{
    // Whoever comes after a change that waits for a table waits too: shorter than hosts wait for a lock.
    private const int LockTimeoutMilliseconds = 1000;

    // An index over a large table takes its time.
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
        if (services.GetRequiredService<IOptions<StorageOptions>>().Value.Pooler == StoragePooler.None)
        {
            var limit = LockTimeoutMilliseconds.ToString(CultureInfo.InvariantCulture);
            await context.Database.ExecuteSqlAsync($"SELECT set_config('lock_timeout', {limit}, false)", cancellationToken);
        }

        await context.Database.MigrateAsync(cancellationToken);
        return state.Pending.Count;
    }

    /// <summary>Again while others hold what it needs, or write the same at the same time.</summary>
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
