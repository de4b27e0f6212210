using System.Diagnostics.Metrics;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Workers.Telemetry;

namespace OtpPipeline.Workers.Callbacks;

/// <summary>Metrics of callbacks.</summary>
public sealed class CallbackMetrics
{
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _putBack;
    private readonly Counter<long> _created;
    private readonly Counter<long> _unannounced;
    private readonly Histogram<double> _duration;

    public CallbackMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(WorkerTelemetry.Name);
        _created = meter.CreateCounter<long>(
            "otp.callbacks.created", "{callback}", "Callbacks that were claimed the first time by the message of their change.");
        _unannounced = meter.CreateCounter<long>(
            "otp.callbacks.unannounced", "{callback}", "Callbacks that the job found because no message came in time.");
        _attempts = meter.CreateCounter<long>(
            "otp.callbacks", "{attempt}", "Attempts to call back, by outcome: delivered, failed (tried again later), parked.");
        _putBack = meter.CreateCounter<long>(
            "otp.callbacks.put_back", "{callback}", "Callbacks that found no place and went back to the table without an attempt.");
        _duration = meter.CreateHistogram<double>("otp.callback.duration", "s", "How long a subscriber took to answer, or not to.");
    }

    public void Created() => _created.Add(1);

    public void Unannounced(int count)
    {
        if (count > 0)
        {
            _unannounced.Add(count);
        }
    }

    public void PutBack() => _putBack.Add(1);

    public void Attempted(MadeRequest made, CallbackDecision decision)
    {
        var outcome = new KeyValuePair<string, object?>("outcome", decision.Status switch
        {
            CallbackStatus.Delivered => "delivered",
            CallbackStatus.Parked => "parked",
            _ => "failed",
        });
        _attempts.Add(1, outcome);
        _duration.Record(made.Duration.TotalSeconds, outcome);
    }
}
