using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OtpPipeline.Core.Stores;
using OtpPipeline.Hosting.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace OtpPipeline.Hosting.Bus;

/// <summary>Whether the database answers.</summary>
public delegate Task<bool> DatabaseProbe(CancellationToken cancellationToken);

/// <summary>Circuit breaker and retries for the database calls of consumers.</summary>
/// <remarks>
/// While it is open, messages stay unacknowledged: the broker delivers no more, and no message loses a delivery attempt.
/// </remarks>
public sealed partial class DatabaseCircuitBreaker
{
    private static readonly TimeSpan ShortestBreak = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestBreak = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private const int ReportedRetry = 3;

    // Ten minutes of an outage, twenty of other failures: RabbitMQ allows a message to stay unacknowledged for 30 minutes.
    private const int MaxRetries = 1_200;

    private readonly CircuitBreakerStateProvider _state = new();
    private readonly ResiliencePipeline _pipeline;
    private readonly DatabaseProbe _probe;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly TimeProvider _time;
    private readonly ILogger<DatabaseCircuitBreaker> _logger;

    public DatabaseCircuitBreaker(
        DatabaseProbe probe, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<DatabaseCircuitBreaker> logger)
    {
        (_probe, _lifetime, _time, _logger) = (probe, lifetime, time, logger);
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = new MonotonicTime(time) }
            .AddRetry(new()
            {
                // A call that an open circuit rejects fails with the outage as its cause.
                ShouldHandle = args => new(args.Outcome.Exception is { } failure && StoreFailures.IsTransient(failure) && !IsStopping),
                MaxRetryAttempts = MaxRetries,
                DelayGenerator = static args => new(
                    StoreFailures.IsOutage(args.Outcome.Exception!)
                        ? ShortestBreak
                        : Doubled(FirstPause, args.AttemptNumber, LongestPause)),
                OnRetry = ReportRetry,
            })
            .AddCircuitBreaker(new()
            {
                // One outage opens the circuit, despite any number of successes. Polly evaluates no fewer than two calls.
                ShouldHandle = static args => new(args.Outcome.Exception is { } failure && StoreFailures.IsOutage(failure)),
                FailureRatio = double.Epsilon,
                MinimumThroughput = 2,
                BreakDuration = ShortestBreak,
                BreakDurationGenerator = static args => new(Doubled(ShortestBreak, args.HalfOpenAttempts, LongestBreak)),
                StateProvider = _state,
                OnOpened = ReportOpened,
                OnClosed = ReportClosed,
            })
            .Build();
    }

    private bool IsStopping => _lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>Runs the work, and retries it after an outage or a transient refusal: the work must be idempotent.</summary>
    /// <remarks>It throws the last failure when the host stops, or after ten minutes: the message returns to its queue.</remarks>
    public async Task<T> RunAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await _pipeline.ExecuteAsync(
                static async (call, _) => await call.Breaker.RunOnceAsync(call.Work), (Breaker: this, Work: work), CancellationToken.None);
        }
        catch (Exception failure) when (IsStopping && StoreFailures.IsTransient(failure))
        {
            // Until this host's endpoint stops, the broker hands the message out again at once, and twenty times at most.
            await Task.Delay(LongestBreak, _time);
            throw;
        }
    }

    private async Task<T> RunOnceAsync<T>(Func<Task<T>> work)
    {
        if (_state.CircuitState == CircuitState.HalfOpen && !await _probe(_lifetime.ApplicationStopping))
        {
            throw new TimeoutException("The database does not answer.");
        }

        return await work();
    }

    private static TimeSpan Doubled(TimeSpan first, int times, TimeSpan longest) =>
        TimeSpan.FromTicks(Math.Min(first.Ticks << Math.Min(times, 20), longest.Ticks));

    private ValueTask ReportRetry(OnRetryArguments<object> retry)
    {
        if (retry.AttemptNumber == ReportedRetry && !StoreFailures.IsOutage(retry.Outcome.Exception!))
        {
            Log.Refused(_logger, ExceptionText.MessagesOf(retry.Outcome.Exception!));
        }

        return default;
    }

    private ValueTask ReportOpened(OnCircuitOpenedArguments<object> opened)
    {
        if (opened.BreakDuration == ShortestBreak)
        {
            Log.Opened(_logger, opened.Outcome.Exception!.GetType().Name, opened.Outcome.Exception.GetBaseException().Message);
        }

        return default;
    }

    private ValueTask ReportClosed(OnCircuitClosedArguments<object> closed)
    {
        Log.Closed(_logger);
        return default;
    }

    /// <summary>Polly ends a break by the wall clock: setting a host's clock back would block all consumers.</summary>
    private sealed class MonotonicTime(TimeProvider time) : TimeProvider
    {
        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + time.GetElapsedTime(0);

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            time.CreateTimer(callback, state, dueTime, period);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The database does not answer; consumers wait until it does ({Type}: {Error})")]
        public static partial void Opened(ILogger logger, string type, string error);

        [LoggerMessage(
            Level = LogLevel.Warning, Message = "The database refused a consumer's work several times; it is tried again ({Error})")]
        public static partial void Refused(ILogger logger, string error);

        [LoggerMessage(Level = LogLevel.Information, Message = "The database answers again; consumers go on")]
        public static partial void Closed(ILogger logger);
    }
}
