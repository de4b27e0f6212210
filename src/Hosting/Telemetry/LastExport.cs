using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace OtpPipeline.Hosting.Telemetry;

/// <summary>Exports the remaining telemetry after every other service has stopped, for a limited time.</summary>
/// <remarks>The providers take up to five seconds each when a collector does not answer.</remarks>
internal sealed class LastExport(IServiceProvider services) : IHostedService
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1.5);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var milliseconds = (int)Longest.TotalMilliseconds;
        var export = Task.WhenAll(
            Task.Run(() => services.GetService<TracerProvider>()?.Shutdown(milliseconds), CancellationToken.None),
            Task.Run(() => services.GetService<MeterProvider>()?.Shutdown(milliseconds), CancellationToken.None));
        await ((Task)export).WaitAsync(Longest, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
