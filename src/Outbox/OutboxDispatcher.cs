using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OtpPipeline.Outbox;

/// <summary>
/// Publishes committed rows straight from memory while their writer's lease lasts. What it cannot publish it gives back to the table, where
/// any process's sweeper finds it at once; the lease's end is for processes that died.
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

    private readonly OutboxOptions options = options.Value;
    private readonly Channel<Pending> queue = Channel.CreateBounded<Pending>(options.Value.QueueCapacity);

    // Unbounded, yet never longer than the queue: no row comes in while the database cannot commit, and while it can, this is emptied.
    private readonly Channel<Guid> confirmed = Channel.CreateUnbounded<Guid>(new() { SingleReader = true });
    private readonly Channel<Guid> unsent = Channel.CreateUnbounded<Guid>(new() { SingleReader = true });
    private readonly SemaphoreSlim slots = new(options.Value.Concurrency);
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource abort = new();
    private readonly Lock stopGate = new();
    private Task? stop;
    private Task pump = Task.CompletedTask;
    private Task deleter = Task.CompletedTask;
    private Task returner = Task.CompletedTask;

    /// <summary>The lease that this process's rows are born under.</summary>
    public Guid LeaseId { get; } = Guid.CreateVersion7();

    /// <summary>Takes what it has room for; the rest is the sweeper's.</summary>
    public void Enqueue(OutboxBatch batch)
    {
        foreach (var outgoing in batch.Outgoing)
        {
            if (!queue.Writer.TryWrite(new Pending(outgoing, batch.CreatedTimestamp)))
                Shed(outgoing);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        pump = Task.Run(PumpAsync, CancellationToken.None);
        deleter = Task.Run(DeleteAsync, CancellationToken.None);
        returner = Task.Run(ReturnAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>A host may stop its services twice, even at once: the second call waits for the first.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (stopGate)
        {
            return stop ??= StopOnceAsync(cancellationToken);
        }
    }

    /// <summary>Consumers may have committed while the bus stopped, after this had: their rows are released too.</summary>
    public Task StoppedAsync(CancellationToken cancellationToken) => ReleaseAsync();

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        slots.Dispose();
        stopping.Dispose();
        abort.Dispose();
    }

    private async Task StopOnceAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await pump;
        await using (cancellationToken.Register(abort.Cancel))
        {
            for (var i = 0; i < options.Concurrency; i++)
                await slots.WaitAsync(CancellationToken.None);
        }

        confirmed.Writer.TryComplete();
        unsent.Writer.TryComplete();
        await deleter;
        await returner;
        await ReleaseAsync();
    }

    private async Task PumpAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            await ((Task)queue.Reader.WaitToReadAsync(stopping.Token).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (!stopping.IsCancellationRequested && queue.Reader.TryPeek(out _))
            {
                await slots.WaitAsync(CancellationToken.None);
                if (stopping.IsCancellationRequested || !queue.Reader.TryRead(out var pending) || !MayTry(pending))
                    slots.Release();
                else
                    _ = SendAsync(pending);
            }
        }
    }

    private bool MayTry(Pending pending)
    {
        // A publish and its delete must both end before the lease does.
        var inTime = time.GetElapsedTime(pending.LeasedSince) < options.Lease - (2 * options.PublishTimeout);
        if (inTime && health.MayTry())
            return true;
        Shed(pending.Outgoing);
        return false;
    }

    /// <summary>Left to the sweepers. After the stop has emptied this channel, a row waits for the end of its lease.</summary>
    private void Shed(OutgoingMessage outgoing)
    {
        telemetry.Shed();
        unsent.Writer.TryWrite(outgoing.Row.Id);
    }

    private async Task SendAsync(Pending pending)
    {
        var id = pending.Outgoing.Row.Id;
        if (await sender.TrySendAsync(pending.Outgoing, abort.Token) is null)
        {
            confirmed.Writer.TryWrite(id);
            telemetry.Published(time.GetElapsedTime(pending.LeasedSince));
        }
        else
        {
            unsent.Writer.TryWrite(id);
        }

        slots.Release();
    }

    private async Task DeleteAsync()
    {
        var ids = new List<Guid>(options.BatchSize);
        while (await confirmed.Reader.WaitToReadAsync())
        {
            while (ids.Count < options.BatchSize && confirmed.Reader.TryRead(out var id))
                ids.Add(id);
            await confirmedRows.DeleteAsync(ids, stopping.Token);
            ids.Clear();
        }
    }

    /// <summary>Gives back while the process runs. Those of an outage come in by the thousand and cost a statement a batch.</summary>
    private async Task ReturnAsync()
    {
        var ids = new List<Guid>(options.BatchSize);
        while (await unsent.Reader.WaitToReadAsync())
        {
            while (ids.Count < options.BatchSize && unsent.Reader.TryRead(out var id))
                ids.Add(id);
            await ReleaseAsync(ids);
            ids.Clear();
        }
    }

    private Task ReleaseAsync()
    {
        var ids = new List<Guid>();
        while (queue.Reader.TryRead(out var pending))
            ids.Add(pending.Outgoing.Row.Id);
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
