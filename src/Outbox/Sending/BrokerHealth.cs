using Microsoft.Extensions.Options;

namespace OtpPipeline.Outbox.Sending;

/// <summary>
/// Knows whether publishing is worth a try: after a few failures of the connection in a row only one message at a time goes out to see
/// whether the broker is back, so that nothing piles up waiting for it.
/// </summary>
internal sealed class BrokerHealth(OutboxSetup setup, IOptions<OutboxOptions> options, TimeProvider time)
{
    private int _failures;
    private long _lastProbe;

    /// <summary>The bus is started.</summary>
    public bool IsReady => setup.IsReady?.Invoke() != false;

    public bool IsDown => Volatile.Read(ref _failures) >= options.Value.BrokerDownThreshold;

    /// <summary>True while the broker is up; else for one caller per probe interval. False while the bus still starts.</summary>
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

    /// <summary>True where this changed the state from down to up.</summary>
    public bool Succeeded() =>
        Volatile.Read(ref _failures) != 0 && Interlocked.Exchange(ref _failures, 0) >= options.Value.BrokerDownThreshold;

    /// <summary>True where this changed the state from up to down.</summary>
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
