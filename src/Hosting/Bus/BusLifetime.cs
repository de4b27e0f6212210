using MassTransit;
using Microsoft.Extensions.Hosting;
using OtpPipeline.Outbox;

namespace OtpPipeline.Hosting.Bus;

/// <summary>
/// Starts the bus as soon as the broker has its queues, without holding up the host, and stops it. MassTransit's own service has no hold on
/// a bus that is stopped while it still starts: those of its consumers that run already would go on taking messages after the stop.
/// </summary>
internal sealed class BusLifetime(IBusControl bus, BrokerWatch broker, BusReadiness readiness, IOutbox outbox) : IHostedService, IDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _giveUp = new();
    private readonly Lock _stopGate = new();
    private Task _start = Task.CompletedTask;
    private Task? _stop;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _start = StartBusAsync();
        readiness.Begun(_start);
        _ = WakeOutboxAsync();
        return _start.IsCompleted ? _start : Task.CompletedTask;
    }

    /// <summary>A host may stop its services twice, even at once: the second call waits for the first.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_stopGate)
        {
            return _stop ??= StopOnceAsync(cancellationToken);
        }
    }

    public void Dispose() => _giveUp.Dispose();

    private async Task StartBusAsync()
    {
        await broker.FirstCheck.WaitAsync(_giveUp.Token);
        await bus.StartAsync(_giveUp.Token);
    }

    /// <summary>What was committed while the bus started waits in the table, unless another process has sent it.</summary>
    private async Task WakeOutboxAsync()
    {
        await _start.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        outbox.Wake();
    }

    private async Task StopOnceAsync(CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(StopTimeout);

        // A start that is cancelled under way leaves consumers behind, too, so it is let end, unless its broker does not answer. One that
        // takes longer than the time-out, or fails on one queue while others run, still leaves them until the process ends.
        while (broker.FirstCheck.IsCompleted && !_start.IsCompleted && bus.CheckHealth().Exception is null
            && !timeout.IsCancellationRequested)
        {
            await _start.WaitAsync(LookAgain, timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (_start.IsCompletedSuccessfully)
        {
            await bus.StopAsync(timeout.Token);
        }
        else
        {
            // MassTransit has logged why.
            await _giveUp.CancelAsync();
            await _start.WaitAsync(timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
