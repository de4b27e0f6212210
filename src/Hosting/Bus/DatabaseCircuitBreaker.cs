using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OtpPipeline.Core.Stores;
using OtpPipeline.Hosting.Logging;

namespace OtpPipeline.Hosting.Bus;

/// <summary>Whether the database answers.</summary>
public delegate Task<bool> DatabaseProbe(CancellationToken cancellationToken);

/// <summary>
/// The kill switch of all consumers: while the database is away, what they ask of it waits here, unacknowledged, until one probe a
/// while finds it back. The prefetch window fills up and the broker hands out no more, so an outage of any length costs no message
/// a delivery attempt, and none goes to an error queue. Work that the database refuses for now, such as one that waits for a locked
/// row, is done again by itself and holds up nothing else. Ended by a stop or a long wait, the message goes back to its queue.
/// </summary>
public sealed partial class DatabaseCircuitBreaker(DatabaseProbe probe, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<DatabaseCircuitBreaker> logger)
{
    // Shorter than the broker's patience with an unacknowledged message, which is 30 minutes.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstRefusalPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestRefusalPause = TimeSpan.FromSeconds(1);
    private const int ReportedRefusal = 3;

    private readonly Lock _lock = new();
    private Task _open = Task.CompletedTask;
    private TimeSpan _pause = ShortestPause;
    private long _openedAt;
    private int _waiting;

    /// <summary>Does the work, again after an outage or a passing error. So it must bear to be done twice.</summary>
    /// <exception cref="OperationCanceledException">The host stops while the database is away or refuses.</exception>
    /// <exception cref="TimeoutException">The database was away for too long.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> work)
    {
        var start = time.GetTimestamp();
        for (var errors = 0; ;)
        {
            await WaitAsync(start);
            try
            {
                return await work();
            }
            catch (Exception failure) when (StoreFailures.IsOutage(failure) && !lifetime.ApplicationStopping.IsCancellationRequested)
            {
                Close(failure);
            }
            catch (Exception failure)
                when (StoreFailures.KindOf(failure) is StoreFailure.Retry or StoreFailure.Busy && time.GetElapsedTime(start) < LongestWait)
            {
                if (++errors == ReportedRefusal)
                {
                    Log.Refused(logger, ExceptionText.MessagesOf(failure));
                }

                await Task.Delay(PauseAfter(errors), time, lifetime.ApplicationStopping);
            }
        }
    }

    private static TimeSpan PauseAfter(int errors) =>
        TimeSpan.FromTicks(Math.Min(FirstRefusalPause.Ticks << Math.Min(errors, 20), LongestRefusalPause.Ticks));

    private async Task WaitAsync(long start)
    {
        var open = Volatile.Read(ref _open);
        if (open.IsCompletedSuccessfully)
        {
            return;
        }

        Interlocked.Increment(ref _waiting);
        try
        {
            var left = LongestWait - time.GetElapsedTime(start);
            await open.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, lifetime.ApplicationStopping);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private void Close(Exception failure)
    {
        lock (_lock)
        {
            if (!_open.IsCompleted)
            {
                return;
            }

            // A database that answers the probe and then fails the work again is asked less and less often, and reported once.
            var relapse = _openedAt != 0 && time.GetElapsedTime(_openedAt) < LongestPause;
            _pause = relapse ? TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, LongestPause.Ticks)) : ShortestPause;
            if (!relapse)
            {
                Log.Closed(logger, failure.GetType().Name, failure.GetBaseException().Message);
            }

            _open = ReopenAsync(relapse);
        }
    }

    private async Task ReopenAsync(bool relapse)
    {
        await Task.Yield();
        do
        {
            await Task.Delay(_pause, time, lifetime.ApplicationStopping);
        }
        while (!await AnswersAsync());

        _openedAt = time.GetTimestamp();
        if (!relapse)
        {
            Log.Opened(logger, Volatile.Read(ref _waiting));
        }
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            return await probe(lifetime.ApplicationStopping);
        }
        catch (Exception failure) when (StoreFailures.IsOutage(failure))
        {
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The database does not answer; consumers wait until it does ({Type}: {Error})")]
        public static partial void Closed(ILogger logger, string type, string error);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The database refused a consumer's work several times; it is tried again ({Error})")]
        public static partial void Refused(ILogger logger, string error);

        [LoggerMessage(Level = LogLevel.Information, Message = "The database answers again; {Count} consumers go on")]
        public static partial void Opened(ILogger logger, int count);
    }
}
