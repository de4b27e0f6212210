using System.Diagnostics.Metrics;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Core.Otps.Changes;

/// <summary>Counts OTPs by result, after the commit.</summary>
public sealed class OtpMetrics
{
    public const string MeterName = "OtpPipeline.Core";

    private readonly Counter<long> _requested;
    private readonly Counter<long> _verified;
    private readonly Counter<long> _cancelled;
    private readonly Counter<long> _expired;
    private readonly Counter<long> _failed;

    public OtpMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _requested = meter.CreateCounter<long>("otp.requested", "{otp}", "OTPs that were accepted, by channel.");
        _verified = meter.CreateCounter<long>("otp.verified", "{otp}", "OTPs that were verified, by channel.");
        _cancelled = meter.CreateCounter<long>("otp.cancelled", "{otp}", "OTPs that were cancelled, by channel.");
        _expired = meter.CreateCounter<long>("otp.expired", "{otp}", "OTPs that expired, by channel and reason: not_verified, never_sent.");
        _failed = meter.CreateCounter<long>("otp.failed", "{otp}", "OTPs that failed, by channel and reason: max_attempts, undeliverable.");
    }

    public void Requested(Otp otp) => _requested.Add(1, ChannelOf(otp));

    /// <summary>Counts an OTP that reached its final status.</summary>
    public void Ended(Otp otp)
    {
        switch (otp.Status)
        {
            case OtpStatus.Verified:
                _verified.Add(1, ChannelOf(otp));
                break;
            case OtpStatus.Cancelled:
                _cancelled.Add(1, ChannelOf(otp));
                break;
            case OtpStatus.Expired:
                _expired.Add(1, ChannelOf(otp), ReasonOf(otp));
                break;
            case OtpStatus.Failed:
                _failed.Add(1, ChannelOf(otp), ReasonOf(otp));
                break;
        }
    }

    private static KeyValuePair<string, object?> ChannelOf(Otp otp) => new("channel", otp.Channel.Text());

    private static KeyValuePair<string, object?> ReasonOf(Otp otp) =>
        new("reason", otp.Reason is { } reason ? EnumText<OtpReason>.Lower(reason) : null);
}
