using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace OtpPipeline.Hosting.Telemetry;

/// <summary>Reports each invalid OpenTelemetry variable at the start.</summary>
/// <remarks>OpenTelemetry ignores a variable that it cannot read, or ends the host with a stack trace.</remarks>
internal static class TelemetryVariables
{
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private static readonly string[] Signals = ["", "TRACES_", "METRICS_"];

    private static readonly string[] Numbers =
    [
        "OTEL_BSP_SCHEDULE_DELAY", "OTEL_BSP_EXPORT_TIMEOUT", "OTEL_BSP_MAX_QUEUE_SIZE", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
        "OTEL_METRIC_EXPORT_INTERVAL", "OTEL_METRIC_EXPORT_TIMEOUT",
    ];

    /// <exception cref="OptionsValidationException">One is wrong; the message names each.</exception>
    public static void Validate(IConfiguration configuration)
    {
        var problems = Signals.SelectMany(s => OfExporter(configuration, $"OTEL_EXPORTER_OTLP_{s}"))
            .Concat(Numbers.Select(k => WholeNumber(configuration, k)))
            .OfType<string>()
            .ToList();
        if (problems.Count > 0)
        {
            throw new OptionsValidationException(Endpoint, typeof(TelemetryVariables), problems);
        }
    }

    private static IEnumerable<string?> OfExporter(IConfiguration configuration, string prefix)
    {
        if (configuration[prefix + "ENDPOINT"] is { Length: > 0 } endpoint && !IsHttp(endpoint))
        {
            yield return $"{prefix}ENDPOINT must be an absolute URL with http or https, such as http://collector:4317.";
        }

        if (configuration[prefix + "PROTOCOL"] is { Length: > 0 } protocol && protocol is not ("grpc" or "http/protobuf"))
        {
            yield return $"{prefix}PROTOCOL must be grpc or http/protobuf.";
        }

        if (configuration[prefix + "HEADERS"] is { Length: > 0 } headers
            && !Array.TrueForAll(headers.Split(','), h => h.IndexOf('=', StringComparison.Ordinal) > 0))
        {
            // The sentence leaves the value out: it holds credentials.
            yield return $"{prefix}HEADERS must be pairs of the form name=value with commas between them.";
        }

        yield return WholeNumber(configuration, prefix + "TIMEOUT");
    }

    private static bool IsHttp(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri is { Host.Length: > 0, Scheme: "http" or "https" };

    private static string? WholeNumber(IConfiguration configuration, string key) =>
        configuration[key] is { Length: > 0 } text
        && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
            ? $"{key} must be a whole number above 0."
            : null;
}
