using Microsoft.Extensions.Options;

namespace OtpPipeline.Outbox.Sending;

/// <summary>
/// Circuit breaker for the broker. After several consecutive connection failures, only one message at a time probes the broker, so that no
/// messages pile up waiting for it.
/// </summary>
internal sealed class BrokerHealth(OutboxSetup setup, IOptions<OutboxOptions> options, TimeProvider time)
{
    private int _failures;
    private long _lastProbe;

    public bool IsReady => setup.IsReady?.Invoke() != false;

    public bool IsDown => Volatile.Read(ref _failures) >= options.Value.BrokerDownThreshold;

    /// <summary>True while the broker is up; when down, true for one caller per probe interval. False while the bus starts.</summary>
    public bool MayTry()
    {
        if (!IsReady)
        {
            return false;
        }

        if (!IsDown)
        {
            return true;
        }

        var last = Volatile.Read(ref _lastProbe);
        return time.GetElapsedTime(last) >= options.Value.BrokerProbeInterval
            && Interlocked.CompareExchange(ref _lastProbe, time.GetTimestamp(), last) == last;
    }

    /// <summary>True if this call changed the state from down to up.</summary>
    public bool Succeeded() =>
        Volatile.Read(ref _failures) != 0 && Interlocked.Exchange(ref _failures, 0) >= options.Value.BrokerDownThreshold;

    /// <summary>True if this call changed the state from up to down.</summary>
    public bool Failed()
    {
        var count = Interlocked.Increment(ref _failures);
        if (count != options.Value.BrokerDownThreshold)
        {
            return false;
        }

        Volatile.Write(ref _lastProbe, time.GetTimestamp());
        return true;
    }
}
