using System.Diagnostics.Metrics;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Workers.Telemetry;

/// <summary>Metrics of deliveries, by channel and provider.</summary>
public sealed class DeliveryMetrics
{
    private readonly Counter<long> _answered;
    private readonly Counter<long> _skipped;
    private readonly Counter<long> _postponed;
    private readonly Counter<long> _givenBack;
    private readonly Counter<long> _tooLate;
    private readonly Histogram<double> _wait;
    private readonly Histogram<double> _call;

    public DeliveryMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(WorkerTelemetry.Name);
        _answered = meter.CreateCounter<long>(
            "otp.deliveries", "{delivery}",
            "Deliveries handed to a provider, by outcome: sent, refused, failed, throttled, not_sent, unknown.");
        _skipped = meter.CreateCounter<long>(
            "otp.deliveries.skipped", "{delivery}",
            "Deliveries of work commands with nothing left to do: delivered already, not due, or the OTP is final.");
        _postponed = meter.CreateCounter<long>(
            "otp.deliveries.postponed", "{delivery}",
            "Deliveries for which no provider of the route had a place: published again later, by channel.");
        _givenBack = meter.CreateCounter<long>(
            "otp.deliveries.given_back", "{delivery}",
            "Deliveries for which the worker had no place in time: published again at once, by channel.");
        _tooLate = meter.CreateCounter<long>(
            "otp.deliveries.too_late", "{delivery}", "Outcomes that came after the delivery's lease had ended and changed nothing.");
        _wait = meter.CreateHistogram<double>(
            "otp.delivery.wait", "s", "From the moment a delivery is due to its claim, both by the database's clock.");
        _call = meter.CreateHistogram<double>("otp.delivery.call", "s", "How long the provider took.");
    }

    public void Claimed(Delivery delivery) => _wait.Record(Math.Max(0, (delivery.UpdatedAt - delivery.DueAt).TotalSeconds), From(delivery));

    public void Skipped(string channel, int count = 1) => _skipped.Add(count, new KeyValuePair<string, object?>("channel", channel));

    public void Postponed(string channel, int count) => _postponed.Add(count, new KeyValuePair<string, object?>("channel", channel));

    public void GivenBack(string channel, int count) => _givenBack.Add(count, new KeyValuePair<string, object?>("channel", channel));

    public void Answered(Delivery delivery, SendOutcome outcome, TimeSpan took)
    {
        switch (outcome)
        {
            case SendOutcome.Accepted:
                Sent(delivery);
                break;
            case SendOutcome.Refused:
                Refused(delivery);
                break;
            case SendOutcome.ProviderFailed:
                Failed(delivery);
                break;
            case SendOutcome.Throttled:
                Throttled(delivery);
                break;
            case SendOutcome.NotSent:
                NotSent(delivery);
                break;
            case SendOutcome.Unknown:
                Unknown(delivery);
                break;
        }

        _call.Record(took.TotalSeconds, From(delivery));
    }

    public void TooLate(Delivery delivery) => _tooLate.Add(1, From(delivery));

    private void Sent(Delivery delivery) => _answered.Add(1, [.. From(delivery), new("outcome", "sent")]);

    private void Refused(Delivery delivery) => _answered.Add(1, [.. From(delivery), new("outcome", "refused")]);

    private void Failed(Delivery delivery) => _answered.Add(1, [.. From(delivery), new("outcome", "failed")]);

    private void NotSent(Delivery delivery) => _answered.Add(1, [.. From(delivery), new("outcome", "not_sent")]);

    private void Throttled(Delivery delivery) => _answered.Add(1, [.. From(delivery), new("outcome", "throttled")]);

    private void Unknown(Delivery delivery) => _answered.Add(1, [.. From(delivery), new("outcome", "unknown")]);

    private static KeyValuePair<string, object?>[] From(Delivery delivery) =>
        [new("channel", delivery.Channel.Text()), new("provider", delivery.Provider)];
}
