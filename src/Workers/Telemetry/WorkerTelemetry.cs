using System.Diagnostics;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Workers.Telemetry;

/// <summary>The ActivitySource and the Meter of the workers, both named <see cref="Name"/>.</summary>
public static class WorkerTelemetry
{
    /// <summary>The name to which a host's telemetry subscribes.</summary>
    public const string Name = "OtpPipeline.Workers";

    internal static ActivitySource Source { get; } = new(Name);
}
