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
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private static readonly string[] Sources = ["Microsoft.AspNetCore", "System.Net.Http", "Npgsql", "MassTransit", "OtpPipeline.*"];
    private static readonly string[] Meters =
    [
        "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime", "Npgsql", "MassTransit", "OtpPipeline.*",
    ];

    public static void AddTelemetry(this WebApplicationBuilder builder, string serviceName)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration[Endpoint]))
        {
            return;
        }

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

        public Task StopAsync(CancellationToken cancellationToken)
        {
            Dispose();
            return Task.CompletedTask;
        }

        public void Dispose()
        {
            Interlocked.Exchange(ref _traces, null)?.Dispose();
            Interlocked.Exchange(ref _metrics, null)?.Dispose();
        }
    }
}
