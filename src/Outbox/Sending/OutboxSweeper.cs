using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OtpPipeline.Outbox.Sending;

/// <summary>
/// Sends rows that their writer did not send: their lease has ended or they are due. Runs in every process. A claim is the sweeper's own
/// lease, so no transaction waits for the broker.
/// </summary>
internal sealed partial class OutboxSweeper(
    IOutboxStore store,
    OutboxSerializer serializer,
    OutboxSender sender,
    BrokerHealth health,
    ConfirmedRows confirmedRows,
    OutboxTelemetry telemetry,
    IOptions<OutboxOptions> options,
    TimeProvider time,
    ILogger<OutboxSweeper> logger) : BackgroundService
{
    private readonly OutboxOptions _options = options.Value;
    private readonly SemaphoreSlim _wake = new(0);
    private bool _failing;

    public void Wake()
    {
        if (_wake.CurrentCount == 0)
        {
            _wake.Release();
        }
    }

    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            if (!await TrySweepAsync(stoppingToken))
            {
                await ((Task)_wake.WaitAsync(_options.PollInterval, stoppingToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>True if more rows may be waiting.</summary>
    private async Task<bool> TrySweepAsync(CancellationToken stopping)
    {
        try
        {
            var more = await SweepAsync(stopping);
            _failing = false;
            return more;
        }
        catch (Exception exception)
        {
            // Log a store outage once, not at every poll.
            if (!_failing)
            {
                Log.SweepFailed(logger, exception);
            }

            _failing = true;
            return false;
        }
    }

    private async Task<bool> SweepAsync(CancellationToken stopping)
    {
        if (!health.MayTry())
        {
            return false;
        }

        var limit = health.IsDown ? 1 : _options.BatchSize;
        var claim = new Claim(Guid.CreateVersion7(), time.GetTimestamp());

        // A cancelled claim could still take effect and hold its rows until the lease ends, so a stop waits for it.
        var rows = await store.ClaimAsync(claim.LeaseId, _options.Lease, limit, CancellationToken.None);
        if (rows.Count == 0)
        {
            return false;
        }

        telemetry.Swept(rows.Count);

        var attempts = new Attempt[rows.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.Concurrency, CancellationToken = CancellationToken.None };
        await Parallel.ForAsync(0, rows.Count, parallel, async (i, _) => attempts[i] = await AttemptAsync(rows[i], claim, limit, stopping));
        await SettleAsync(claim, attempts, stopping);
        return rows.Count == limit && Array.Exists(attempts, a => a.Confirmed);
    }

    private async Task<Attempt> AttemptAsync(OutboxMessage row, Claim claim, int limit, CancellationToken stopping)
    {
        OutgoingMessage outgoing;
        try
        {
            outgoing = serializer.Read(row);
        }
        catch (Exception exception)
        {
            telemetry.Failed();
            return new Attempt(row, exception);
        }

        // A probe claims one row, which MayTry has already allowed.
        var mayTry = !stopping.IsCancellationRequested
            && time.GetElapsedTime(claim.Since) < _options.Lease - (2 * _options.PublishTimeout)
            && (limit == 1 || health.MayTry());
        if (!mayTry)
        {
            return new Attempt(row, Skipped: true);
        }

        var error = await sender.TrySendAsync(outgoing, CancellationToken.None);
        if (error is null)
        {
            telemetry.Published(row.DueAt - _options.Lease - row.CreatedAt + time.GetElapsedTime(claim.Since));
        }

        return new Attempt(row, error);
    }

    private async Task SettleAsync(Claim claim, Attempt[] attempts, CancellationToken stopping)
    {
        var confirmed = attempts.Where(a => a.Confirmed).Select(a => a.Row.Id).ToList();
        if (confirmed.Count > 0)
        {
            await confirmedRows.DeleteAsync(confirmed, stopping);
        }

        // If another row of the same claim was sent, the broker was up, and an error belongs to the row itself.
        bool NotItsFault(Attempt a) => a.Skipped || (a.Error is not null && confirmed.Count == 0 && sender.IsBrokerDown(a.Error));
        var released = attempts.Where(NotItsFault).Select(a => a.Row.Id).ToList();
        if (released.Count > 0)
        {
            await store.ReleaseAsync(
                claim.LeaseId, released, stopping.IsCancellationRequested ? TimeSpan.Zero : Jitter(_options.BrokerProbeInterval),
                CancellationToken.None);
        }

        var failures = attempts.Where(a => a.Error is not null && !NotItsFault(a)).Select(Failure).ToList();
        if (failures.Count > 0)
        {
            await store.FailAsync(claim.LeaseId, failures, CancellationToken.None);
        }

        foreach (var parked in failures.Where(f => f.RetryAfter is null))
        {
            Log.Parked(logger, parked.Id, _options.MaxAttempts, parked.Error);
        }

        telemetry.Parked(failures.Count(f => f.RetryAfter is null));
    }

    private OutboxFailure Failure(Attempt attempt)
    {
        var failedBefore = attempt.Row.Attempts;
        TimeSpan? retryAfter = failedBefore + 1 >= _options.MaxAttempts ? null : Jitter(Backoff(failedBefore));
        return new OutboxFailure(attempt.Row.Id, retryAfter, OutboxSender.Describe(attempt.Error!));
    }

    private TimeSpan Backoff(int failedBefore)
    {
        var delay = _options.RetryBaseDelay * Math.Pow(2, Math.Min(failedBefore, 30));
        return delay < _options.RetryMaxDelay ? delay : _options.RetryMaxDelay;
    }

    /// <summary>Returns half to all of the delay at random, so that rows which failed together do not retry together.</summary>
    private static TimeSpan Jitter(TimeSpan delay) => delay * (RandomNumberGenerator.GetInt32(500, 1001) / 1000.0);

    private sealed record Claim(Guid LeaseId, long Since);

    private sealed record Attempt(OutboxMessage Row, Exception? Error = null, bool Skipped = false)
    {
        public bool Confirmed => Error is null && !Skipped;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The outbox could not be swept")]
        public static partial void SweepFailed(ILogger logger, Exception exception);

        [LoggerMessage(Level = LogLevel.Error, Message = "Message {MessageId} is parked after {Attempts} attempts: {Error}")]
        public static partial void Parked(ILogger logger, Guid messageId, int attempts, string error);
    }
}
