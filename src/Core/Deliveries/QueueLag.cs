using Microsoft.Extensions.Options;

namespace OtpPipeline.Core.Deliveries;

/// <summary>
/// How far the queue of each channel is behind, seen by what this process takes from it: the longest time of late from a delivery's due time to
/// its claim. What waits in a queue that is behind is not lost, and publishing it again would only lengthen the queue.
/// </summary>
public sealed class QueueLag(TimeProvider time, IOptions<DeliveryOptions> options)
{
    private readonly TimeSpan _period = options.Value.LostAfter;
    private readonly long _start = time.GetTimestamp();
    private readonly Recent[] _channels = [.. Channels.All.Select(_ => new Recent())];
    private readonly Lock _gate = new();

    /// <summary>A delivery just claimed. One that was published again says nothing: its first message may be lost.</summary>
    public void Saw(Delivery claimed)
    {
        if (claimed.Republished > 0)
        {
            return;
        }

        var due = claimed.DueAt > claimed.CreatedAt ? claimed.DueAt : claimed.CreatedAt;
        lock (_gate)
        {
            _channels[(int)claimed.Channel].Add(Period(), claimed.UpdatedAt - due);
        }
    }

    /// <summary>Zero where nothing came lately, so that nothing waits there; null while this process has not looked for long enough to know.</summary>
    public TimeSpan? Of(Channel channel)
    {
        lock (_gate)
        {
            var period = Period();
            return _channels[(int)channel].Longest(period) ?? (period == 0 ? null : TimeSpan.Zero);
        }
    }

    /// <summary>The channels of which it is known.</summary>
    public IReadOnlyDictionary<Channel, TimeSpan> Known() =>
        Channels.All.Select(c => (Channel: c, Lag: Of(c))).Where(c => c.Lag is not null).ToDictionary(c => c.Channel, c => c.Lag!.Value);

    private long Period() => time.GetElapsedTime(_start).Ticks / _period.Ticks;

    /// <summary>The longest lag of the period that runs and of the one before.</summary>
    private sealed class Recent
    {
        private long _period = -1;
        private TimeSpan? _now;
        private TimeSpan? _before;

        public void Add(long period, TimeSpan lag)
        {
            MoveTo(period);
            _now = _now > lag ? _now : lag;
        }

        public TimeSpan? Longest(long period)
        {
            MoveTo(period);
            return _before > _now ? _before : _now ?? _before;
        }

        private void MoveTo(long period)
        {
            if (period != _period)
            {
                _before = period == _period + 1 ? _now : null;
                _now = null;
                _period = period;
            }
        }
    }
}
