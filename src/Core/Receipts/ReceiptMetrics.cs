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

    public ReceiptMetrics(IMeterFactory meters) =>
        _receipts = meters.Create(MeterName).CreateCounter<long>(
            "otp.receipts", "{receipt}",
            "Receipts of providers, by provider and result: matched, repeated, kept, unknown, forged, unreadable.");

    public void Received(string provider, ReceiptResult result) =>
        _receipts.Add(1, new("provider", provider), new KeyValuePair<string, object?>("result", EnumText<ReceiptResult>.Lower(result)));
}
