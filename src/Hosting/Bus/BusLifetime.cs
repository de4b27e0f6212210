using MassTransit;
using Microsoft.Extensions.Hosting;
using OtpPipeline.Outbox;

namespace OtpPipeline.Hosting.Bus;

/// <summary>Starts the bus once the broker has its queues, without delaying the host, and stops it.</summary>
/// <remarks>
/// MassTransit's own service cannot stop a bus that still starts: consumers that already run would go on taking messages after the stop.
/// </remarks>
internal sealed class BusLifetime(IBusControl bus, BrokerWatch broker, BusReadiness readiness, IOutbox outbox) : IHostedService, IDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _giveUp = new();
    private readonly Lock _stopGate = new();
    private Task? _start;
    private Task? _stop;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _start = StartBusAsync();
        readiness.Begun(_start);
        _ = WakeOutboxAsync(_start);
        return _start.IsCompleted ? _start : Task.CompletedTask;
    }

    /// <summary>A host may stop its services twice, even concurrently: the second call waits for the first.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_stopGate)
        {
            // A host that fails early stops services that it has not started.
            return _stop ??= _start is { } start ? StopOnceAsync(start, cancellationToken) : Task.CompletedTask;
        }
    }

    public void Dispose() => _giveUp.Dispose();

    private async Task StartBusAsync()
    {
        await broker.FirstCheck.WaitAsync(_giveUp.Token);
        await bus.StartAsync(_giveUp.Token);
    }

    /// <summary>Messages committed while the bus started wait in the table, unless another process has sent them.</summary>
    private async Task WakeOutboxAsync(Task start)
    {
        await start.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        outbox.Wake();
    }

    private async Task StopOnceAsync(Task start, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(StopTimeout);

        // A cancelled start leaves consumers running, so this waits for the start to end, unless the broker does not answer. A start that
        // exceeds the time-out, or fails on one queue while others run, still leaves consumers until the process ends.
        while (broker.FirstCheck.IsCompleted && !start.IsCompleted && bus.CheckHealth().Exception is null
            && !timeout.IsCancellationRequested)
        {
            await start.WaitAsync(LookAgain, timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (start.IsCompletedSuccessfully)
        {
            await bus.StopAsync(timeout.Token);
        }
        else
        {
            // MassTransit has logged why.
            await _giveUp.CancelAsync();
            await start.WaitAsync(timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
