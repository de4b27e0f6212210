using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace OtpPipeline.Hosting.Telemetry;

/// <summary>Traces and metrics over OTLP, only where OTEL_EXPORTER_OTLP_ENDPOINT says where to; all OTEL_ variables apply.</summary>
internal static class TelemetrySetup
{
    // A collector that does not answer must not hold up a stop: what it did not take by then is lost.
    private static readonly TimeSpan LongestFlush = TimeSpan.FromSeconds(1.5);

    private static readonly string[] Sources = ["Microsoft.AspNetCore", "System.Net.Http", "Npgsql", "MassTransit", "OtpPipeline.*"];
    private static readonly string[] Meters =
    [
        "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime", "Npgsql", "MassTransit", "OtpPipeline.*",
    ];

    public static void AddTelemetry(this WebApplicationBuilder builder, string serviceName)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration[TelemetryVariables.Endpoint]))
        {
            return;
        }

        TelemetryVariables.Validate(builder.Configuration);

        // Without it a request's span has neither the name of its route nor a status.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", isEnabled: false);
        builder.Services.AddHostedService(provider => new Exporters(provider.GetRequiredService<IConfiguration>(), serviceName));
    }

    /// <summary>Registered first, so started before what it observes and stopped, with all spans sent, after it.</summary>
    private sealed class Exporters(IConfiguration configuration, string serviceName) : IHostedService, IDisposable
    {
        private TracerProvider? _traces;
        private MeterProvider? _metrics;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            _traces = Sdk.CreateTracerProviderBuilder()
                .ConfigureServices(s => s.AddSingleton(configuration))
                .ConfigureResource(r => r.AddService(serviceName))
                .AddSource(Sources)
                .SetSampler(new WithoutOwnPolling())
                .AddProcessor(new SpanRedaction())
                .AddOtlpExporter()
                .Build();
            _metrics = Sdk.CreateMeterProviderBuilder()
                .ConfigureServices(s => s.AddSingleton(configuration))
                .ConfigureResource(r => r.AddService(serviceName))
                .AddMeter(Meters)
                .AddOtlpExporter()
                .Build();
            return Task.CompletedTask;
        }

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            if (Interlocked.Exchange(ref _traces, null) is not { } traces || Interlocked.Exchange(ref _metrics, null) is not { } metrics)
            {
                return;
            }

            var milliseconds = (int)LongestFlush.TotalMilliseconds;
            var flush = Task.WhenAll(
                Task.Run(() => traces.Shutdown(milliseconds), CancellationToken.None),
                Task.Run(() => metrics.Shutdown(milliseconds), CancellationToken.None));
            await ((Task)flush).WaitAsync(LongestFlush, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (flush.IsCompleted)
            {
                traces.Dispose();
                metrics.Dispose();
            }
        }

        /// <summary>After a host that was not stopped.</summary>
        public void Dispose()
        {
            Interlocked.Exchange(ref _traces, null)?.Dispose();
            Interlocked.Exchange(ref _metrics, null)?.Dispose();
        }
    }
}
