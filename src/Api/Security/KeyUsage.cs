using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Database;

namespace OtpPipeline.Api.Security;

/// <summary>Records which keys are used, and writes that once a minute.</summary>
/// <remarks>An operator who wants to drop a key sees whether a client still uses it.</remarks>
internal sealed partial class KeyUsage(
    IDbContextFactory<OtpDbContext> contexts, TimeProvider time, ILogger<KeyUsage> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<Guid, bool> _used = new();

    public void Note(Guid keyId) => _used.TryAdd(keyId, true);

    /// <summary>Writes the uses recorded since the last write.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        Guid[] keys = [.. _used.Keys];
        if (keys.Length == 0)
        {
            return;
        }

        var now = time.GetUtcNow().UtcDateTime;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.ApiKeys.Where(k => keys.Contains(k.Id))
            .ExecuteUpdateAsync(set => set.SetProperty(k => k.LastUsedAt, now), cancellationToken);
        foreach (var key in keys)
        {
            _used.TryRemove(key, out _);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryWriteAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryWriteAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            Log.Stopped(logger);
        }
    }

    private async Task TryWriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await WriteAsync(cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // The uses stay recorded for the next write, and nothing depends on them.
            Log.NotWritten(logger, failure.GetType().Name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "The last use of keys could not be written and is tried again ({Type})")]
        public static partial void NotWritten(ILogger logger, string type);

        [LoggerMessage(Level = LogLevel.Debug, Message = "The use of keys is no longer noted")]
        public static partial void Stopped(ILogger logger);
    }
}
