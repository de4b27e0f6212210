using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OtpPipeline.Outbox.Sending;

/// <summary>
/// Publishes committed rows from memory during their writer's lease. It releases unpublished rows to the table, where the sweeper of any
/// process finds them at once. The lease end covers processes that died.
/// </summary>
internal sealed partial class OutboxDispatcher(
    OutboxSender sender,
    BrokerHealth health,
    ConfirmedRows confirmedRows,
    IOutboxStore store,
    OutboxTelemetry telemetry,
    IOptions<OutboxOptions> options,
    TimeProvider time,
    ILogger<OutboxDispatcher> logger) : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(5);

    private readonly OutboxOptions _options = options.Value;
    private readonly Channel<Pending> _queue = Channel.CreateBounded<Pending>(options.Value.QueueCapacity);

    // Unbounded, but never longer than the queue: without database commits no row arrives, and with them this channel is emptied.
    private readonly Channel<Guid> _confirmed = Channel.CreateUnbounded<Guid>(new() { SingleReader = true });
    private readonly Channel<Guid> _unsent = Channel.CreateUnbounded<Guid>(new() { SingleReader = true });
    private readonly SemaphoreSlim _slots = new(options.Value.Concurrency);
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly Lock _stopGate = new();
    private Task? _stop;
    private Task _pump = Task.CompletedTask;
    private Task _deleter = Task.CompletedTask;
    private Task _returner = Task.CompletedTask;

    /// <summary>The lease under which this process inserts its rows.</summary>
    public Guid LeaseId { get; } = Guid.CreateVersion7();

    /// <summary>Takes as many rows as fit in the queue; the sweeper sends the rest.</summary>
    public void Enqueue(OutboxBatch batch)
    {
        foreach (var outgoing in batch.Outgoing)
        {
            if (!_queue.Writer.TryWrite(new Pending(outgoing, batch.CreatedTimestamp)))
            {
                Shed(outgoing);
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _pump = Task.Run(PumpAsync, CancellationToken.None);
        _deleter = Task.Run(DeleteAsync, CancellationToken.None);
        _returner = Task.Run(ReturnAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>A host may stop its services twice, even concurrently: the second call waits for the first.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_stopGate)
        {
            return _stop ??= StopOnceAsync(cancellationToken);
        }
    }

    /// <summary>Also releases rows that consumers committed while the bus stopped, after this service had stopped.</summary>
    public Task StoppedAsync(CancellationToken cancellationToken) => ReleaseAsync();

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _slots.Dispose();
        _stopping.Dispose();
        _abort.Dispose();
    }

    private async Task StopOnceAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _pump;
        await using (cancellationToken.Register(_abort.Cancel))
        {
            for (var i = 0; i < _options.Concurrency; i++)
            {
                await _slots.WaitAsync(CancellationToken.None);
            }
        }

        _confirmed.Writer.TryComplete();
        _unsent.Writer.TryComplete();
        await _deleter;
        await _returner;
        await ReleaseAsync();
    }

    private async Task PumpAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            await ((Task)_queue.Reader.WaitToReadAsync(_stopping.Token).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (!_stopping.IsCancellationRequested && _queue.Reader.TryPeek(out _))
            {
                await _slots.WaitAsync(CancellationToken.None);
                if (_stopping.IsCancellationRequested || !_queue.Reader.TryRead(out var pending) || !MayTry(pending))
                {
                    _slots.Release();
                }
                else
                {
                    _ = SendAsync(pending);
                }
            }
        }
    }

    private bool MayTry(Pending pending)
    {
        // A publish and its delete must both end before the lease does.
        var inTime = time.GetElapsedTime(pending.LeasedSince) < _options.Lease - (2 * _options.PublishTimeout);
        if (inTime && health.MayTry())
        {
            return true;
        }

        Shed(pending.Outgoing);
        return false;
    }

    /// <summary>Leaves the row to the sweepers. After the stop has emptied this channel, the row waits for its lease end.</summary>
    private void Shed(OutgoingMessage outgoing)
    {
        telemetry.Shed();
        _unsent.Writer.TryWrite(outgoing.Row.Id);
    }

    private async Task SendAsync(Pending pending)
    {
        var id = pending.Outgoing.Row.Id;
        if (await sender.TrySendAsync(pending.Outgoing, _abort.Token) is null)
        {
            _confirmed.Writer.TryWrite(id);
            telemetry.Published(time.GetElapsedTime(pending.LeasedSince));
        }
        else
        {
            _unsent.Writer.TryWrite(id);
        }

        _slots.Release();
    }

    private async Task DeleteAsync()
    {
        var ids = new List<Guid>(_options.BatchSize);
        while (await _confirmed.Reader.WaitToReadAsync())
        {
            while (ids.Count < _options.BatchSize && _confirmed.Reader.TryRead(out var id))
            {
                ids.Add(id);
            }

            await confirmedRows.DeleteAsync(ids, _stopping.Token);
            ids.Clear();
        }
    }

    /// <summary>Releases rows while the process runs, one statement per batch: an outage returns thousands.</summary>
    private async Task ReturnAsync()
    {
        var ids = new List<Guid>(_options.BatchSize);
        while (await _unsent.Reader.WaitToReadAsync())
        {
            while (ids.Count < _options.BatchSize && _unsent.Reader.TryRead(out var id))
            {
                ids.Add(id);
            }

            await ReleaseAsync(ids);
            ids.Clear();
        }
    }

    private Task ReleaseAsync()
    {
        var ids = new List<Guid>();
        while (_queue.Reader.TryRead(out var pending))
        {
            ids.Add(pending.Outgoing.Row.Id);
        }

        return ids.Count == 0 ? Task.CompletedTask : ReleaseAsync(ids);
    }

    private async Task ReleaseAsync(List<Guid> ids)
    {
        using var timeout = new CancellationTokenSource(ReleaseTimeout);
        try
        {
            await store.ReleaseAsync(LeaseId, ids, TimeSpan.Zero, timeout.Token);
            Log.Released(logger, ids.Count);
        }
        catch (Exception exception)
        {
            Log.NotReleased(logger, ids.Count, exception);
        }
    }

    private sealed record Pending(OutgoingMessage Outgoing, long LeasedSince);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "{Count} messages are left to the sweepers")]
        public static partial void Released(ILogger logger, int count);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} messages could not be released and wait for the end of their lease")]
        public static partial void NotReleased(ILogger logger, int count, Exception exception);
    }
}
