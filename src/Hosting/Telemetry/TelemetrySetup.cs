using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace OtpPipeline.Hosting.Telemetry;

/// <summary>Exports traces and metrics.</summary>
/// <remarks>Over OTLP where OTEL_EXPORTER_OTLP_ENDPOINT is set; metrics for Prometheus where Telemetry:Prometheus is true.</remarks>
public static class TelemetrySetup
{
    private const string PrometheusKey = "Telemetry:Prometheus";
    private const string MetricsPath = "/metrics";

    private static readonly string[] Libraries = ["Npgsql", "MassTransit", "OtpPipeline.*"];

    // Without the host's name: a subscriber chooses the host of its callbacks, and each host would add a label value.
    private static readonly MetricStreamConfiguration WithoutHosts = new()
    {
        TagKeys = [
            "http.request.method", "http.response.status_code", "http.connection.state", "network.protocol.version", "url.scheme",
            "error.type"],
    };

    internal static void AddTelemetry(this WebApplicationBuilder builder, string serviceName)
    {
        var otlp = !string.IsNullOrWhiteSpace(builder.Configuration[TelemetryVariables.Endpoint]);
        var prometheus = ServesPrometheus(builder.Configuration);
        if (!otlp && !prometheus)
        {
            return;
        }

        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(r => r.AddService(serviceName)).WithMetrics(metrics =>
        {
            metrics.AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation().AddMeter(Libraries)
                .AddView(i => i.Meter.Name is "System.Net.Http" or "System.Net.NameResolution" ? WithoutHosts : null);
            if (prometheus)
            {
                metrics.AddPrometheusExporter();
            }

            if (otlp)
            {
                metrics.AddOtlpExporter();
            }
        });
        if (otlp)
        {
            TelemetryVariables.Validate(builder.Configuration);
            telemetry.WithTracing(traces => traces
                .AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddSource(Libraries)
                .SetSampler(new WithoutOwnPolling()).AddProcessor(new SpanRedaction()).AddOtlpExporter());
        }

        builder.Services.AddHostedService<LastExport>();
    }

    /// <summary>GET /metrics for Prometheus, where it is enabled; without a key, like the health pages.</summary>
    public static void MapMetrics(this WebApplication app)
    {
        if (ServesPrometheus(app.Configuration))
        {
            app.MapPrometheusScrapingEndpoint(MetricsPath).DisableHttpMetrics().ExcludeFromDescription();
        }
    }

    private static bool ServesPrometheus(IConfiguration configuration) => configuration[PrometheusKey] switch
    {
        null or "" => false,
        var text when bool.TryParse(text, out var on) => on,
        _ => throw new OptionsValidationException(PrometheusKey, typeof(bool), [$"{PrometheusKey} must be true or false."]),
    };
}
