using System.Diagnostics.Metrics;
using OtpPipeline.Workers.Telemetry;

namespace OtpPipeline.Workers.Feedback;

/// <summary>Metrics of feedback, by provider.</summary>
public sealed class FeedbackMetrics
{
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _skipped;

    public FeedbackMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(WorkerTelemetry.Name);
        _attempts = meter.CreateCounter<long>(
            "otp.feedback", "{attempt}",
            "Attempts to tell a provider of the end of an OTP, by outcome: told, failed (tried again later), parked.");
        _skipped = meter.CreateCounter<long>(
            "otp.feedback.skipped", "{message}",
            "Commands for feedback that is not owed: the OTP is unknown, or owes none, or none any more.");
    }

    public void Told(string provider) => Count(provider, "told");

    public void Failed(string provider) => Count(provider, "failed");

    public void Parked(string provider) => Count(provider, "parked");

    public void Skipped() => _skipped.Add(1);

    private void Count(string provider, string outcome) => _attempts.Add(1, new("provider", provider), new("outcome", outcome));
}
