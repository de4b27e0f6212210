using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace OtpPipeline.Outbox;

/// <summary>The outbox's ActivitySource and Meter, both named <see cref="Name"/>.</summary>
public sealed class OutboxTelemetry
{
    /// <summary>The name to which a host's telemetry subscribes.</summary>
    public const string Name = "OtpPipeline.Outbox";

    private readonly Counter<long> _published;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _shed;
    private readonly Counter<long> _swept;
    private readonly Counter<long> _parked;
    private readonly Histogram<double> _lag;

    public OutboxTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _published = meter.CreateCounter<long>("outbox.published", "{message}", "Messages that the broker confirmed.");
        _failed = meter.CreateCounter<long>("outbox.failed", "{message}", "Attempts to publish that failed.");
        _shed = meter.CreateCounter<long>("outbox.shed", "{message}", "Messages that their writer left to the sweeper.");
        _swept = meter.CreateCounter<long>("outbox.swept", "{message}", "Rows that the sweeper claimed.");
        _parked = meter.CreateCounter<long>("outbox.parked", "{message}", "Rows put aside after too many failed attempts.");
        _lag = meter.CreateHistogram<double>("outbox.lag", "s", "From a row's birth to its confirmation, an asked delay included.");
    }

    internal static ActivitySource Source { get; } = new(Name);

    internal void Published(TimeSpan sinceBirth)
    {
        _published.Add(1);
        _lag.Record(sinceBirth.TotalSeconds);
    }

    internal void Failed() => _failed.Add(1);

    internal void Shed() => _shed.Add(1);

    internal void Swept(int rows) => _swept.Add(rows);

    internal void Parked(int rows) => _parked.Add(rows);
}
