using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace OtpPipeline.Outbox;

/// <summary>The outbox's ActivitySource and Meter, both named <see cref="Name"/>.</summary>
public sealed class OutboxTelemetry
{
    /// <summary>What a host's telemetry subscribes to.</summary>
    public const string Name = "OtpPipeline.Outbox";

    private readonly Counter<long> published;
    private readonly Counter<long> failed;
    private readonly Counter<long> shed;
    private readonly Counter<long> swept;
    private readonly Counter<long> parked;
    private readonly Histogram<double> lag;

    /// <summary>Creates the instruments.</summary>
    public OutboxTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        published = meter.CreateCounter<long>("outbox.published", "{message}", "Messages that the broker confirmed.");
        failed = meter.CreateCounter<long>("outbox.failed", "{message}", "Attempts to publish that failed.");
        shed = meter.CreateCounter<long>("outbox.shed", "{message}", "Messages that their writer left to the sweeper.");
        swept = meter.CreateCounter<long>("outbox.swept", "{message}", "Rows that the sweeper claimed.");
        parked = meter.CreateCounter<long>("outbox.parked", "{message}", "Rows put aside after too many failed attempts.");
        lag = meter.CreateHistogram<double>("outbox.lag", "s", "From a row's birth to its confirmation, an asked delay included.");
    }

    internal static ActivitySource Source { get; } = new(Name);

    internal void Published(TimeSpan sinceBirth)
    {
        published.Add(1);
        lag.Record(sinceBirth.TotalSeconds);
    }

    internal void Failed() => failed.Add(1);

    internal void Shed() => shed.Add(1);

    internal void Swept(int rows) => swept.Add(rows);

    internal void Parked(int rows) => parked.Add(rows);
}
