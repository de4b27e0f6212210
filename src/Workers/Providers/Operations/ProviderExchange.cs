using System.Text.Json;
using OtpPipeline.Core.Deliveries.Providers;
using OtpPipeline.Workers.Providers.Reservations;

namespace OtpPipeline.Workers.Providers.Operations;

/// <summary>Reports the providers to operators, and takes their pauses, weights and tests, every two seconds.</summary>
/// <remarks>While the database is unavailable, the last settings stay.</remarks>
internal sealed partial class ProviderExchange(
    ProviderReservations reservations, ProviderTests tests, IProviderStore store, TimeProvider time, ILogger<ProviderExchange> logger)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);
    private readonly Guid _processId = Guid.CreateVersion7();
    private bool _failing;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Before the first message: a paused provider gets none, not even after a restart.
        await TryExchangeAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Period, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stoppingToken.IsCancellationRequested)
            {
                await TryExchangeAsync(stoppingToken);
            }
        }
    }

    private async Task TryExchangeAsync(CancellationToken cancellationToken)
    {
        try
        {
            var readings = reservations.States.Values.ToDictionary(
                s => s.Name, s => JsonSerializer.Serialize(s.Read(), ProviderJson.Default.ProviderReading), StringComparer.Ordinal);
            var news = await store.ExchangeAsync(_processId, readings, cancellationToken);
            foreach (var state in reservations.States.Values)
            {
                state.Set(news.Settings.GetValueOrDefault(state.Name));
            }

            foreach (var test in news.Tests)
            {
                // A provider that hangs must not delay the others' settings.
                _ = tests.RunAsync(test.Id, test.Provider, test.Message);
            }

            _failing = false;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            if (!_failing)
            {
                Log.Failed(logger, failure.GetType().Name, failure.GetBaseException().Message);
            }

            _failing = true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "Pauses and weights of providers could not be read; the last reading stands ({Type}: {Error})")]
        public static partial void Failed(ILogger logger, string type, string error);
    }
}
