using System.Diagnostics.Metrics;
using OtpPipeline.Core.Formats;

namespace OtpPipeline.Core.Receipts;

/// <summary>Counts receipts by provider and result.</summary>
public sealed class ReceiptMetrics
{
    public const string MeterName = "OtpPipeline.Core";

    /// <summary>The provider of a request that names none of ours: strangers add no series.</summary>
    public const string NoProvider = "none";

    private readonly Counter<long> _receipts;
    private readonly Counter<long> _dropped;

    public ReceiptMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _receipts = meter.CreateCounter<long>(
            "otp.receipts", "{receipt}",
            "Receipts of providers, by provider and result: matched, repeated, kept, unknown, forged, unreadable, " +
            "unavailable.");
        _dropped = meter.CreateCounter<long>(
            "otp.receipts.dropped", "{receipt}", "Kept receipts that were dropped because too many of the provider wait.");
    }

    public void Received(string provider, ReceiptResult result) =>
        _receipts.Add(1, new("provider", provider), new KeyValuePair<string, object?>("result", EnumText<ReceiptResult>.Lower(result)));

    public void Dropped(string provider, int count) => _dropped.Add(count, new KeyValuePair<string, object?>("provider", provider));
}
