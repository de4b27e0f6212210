using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Stores;
using OtpPipeline.Hosting.Logging;

namespace OtpPipeline.Hosting.Starting;

/// <summary>Stops a host whose database lacks this version's tables, or has a pooler that is not configured.</summary>
/// <remarks>A database that is unavailable at the start is checked when it is available again.</remarks>
internal sealed partial class DatabaseCheck(
    StoreCheck store, IDbContextFactory<OtpDbContext> contexts, IHostApplicationLifetime lifetime, StartFailure failed, TimeProvider time,
    ILogger<DatabaseCheck> logger)
    : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private bool _looked;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (await LookAsync(cancellationToken) is { } problem)
        {
            throw new UnusableDatabaseException(problem);
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!_looked && !stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(LookAgain, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stoppingToken.IsCancellationRequested && await LookAsync(stoppingToken) is { } problem)
            {
                Log.Unusable(logger, problem);
                failed.Sentence = problem;
                Environment.ExitCode = 1;
                lifetime.StopApplication();
            }
        }
    }

    /// <summary>The problem; null if the database is usable or does not answer yet.</summary>
    private async Task<string?> LookAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var problem = await store(patience.Token) ?? await ProblemOfMigrationsAsync(patience.Token);
            _looked = true;
            return problem;
        }
        catch (Exception failure) when (failure is OperationCanceledException || StoreFailures.IsTransient(failure))
        {
            Log.Away(logger, ExceptionText.MessagesOf(failure));
            return null;
        }
    }

    private async Task<string?> ProblemOfMigrationsAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return (await MigrationState.ReadAsync(context.Database, cancellationToken)).Problem;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Critical, Message = "The host stops: {Problem}")]
        public static partial void Unusable(ILogger logger, string problem);

        [LoggerMessage(Level = LogLevel.Debug, Message = "The database does not answer yet; its tables are checked later ({Error})")]
        public static partial void Away(ILogger logger, string error);
    }
}
