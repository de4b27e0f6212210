using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Deliveries.Publishing;

/// <summary>Releases waiting deliveries in every process, at intervals and soon after claims freed capacity.</summary>
internal sealed partial class ReleaseLoop(
    DeliveryRelease release, ReleaseSignal signal, IOutbox outbox, IOptions<DeliveryOptions> options, IHostApplicationLifetime lifetime,
    ILogger<ReleaseLoop> logger)
    : BackgroundService
{
    // The interval while deliveries wait, so that consumers never wait; and the minimum pause, for any number of wake-ups.
    private static readonly TimeSpan WhileWaiting = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(5);

    private bool _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The outbox of a host that stops publishes no more: another process must release what this one gives back.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        while (!ending.IsCancellationRequested)
        {
            var waiting = outbox.IsReady && await TryReleaseAsync();
            if (waiting)
            {
                await Task.Delay(Least, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await signal.WaitAsync(waiting ? WhileWaiting : options.Value.ReleaseInterval, ending.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> TryReleaseAsync()
    {
        try
        {
            // Finish a started pass: the host waits for it at shutdown.
            var waiting = await release.RunAsync(CancellationToken.None);
            if (_failing)
            {
                Log.Back(logger);
            }

            _failing = false;
            return waiting;
        }
        catch (Exception failure)
        {
            // Log the first failure only: the next pass retries.
            if (!_failing)
            {
                Log.Failed(logger, failure.GetType().Name, failure.GetBaseException().Message);
            }

            _failing = true;
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "Waiting deliveries cannot be published at the moment; tried again at intervals ({Type}: {Error})")]
        public static partial void Failed(ILogger logger, string type, string error);

        [LoggerMessage(Level = LogLevel.Information, Message = "Waiting deliveries are published again")]
        public static partial void Back(ILogger logger);
    }
}
