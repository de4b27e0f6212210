using Microsoft.Extensions.Options;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Core.Deliveries.Publishing;

/// <summary>Estimates the lag of each channel's queue from the deliveries that this process claims.</summary>
/// <remarks>
/// The lag is the longest recent time between a delivery's publication and its claim. A delivery in a lagging queue is not lost; publishing
/// it again would only lengthen the queue.
/// </remarks>
public sealed class QueueLag(TimeProvider time, IOptions<DeliveryOptions> options)
{
    private readonly TimeSpan _lostAfter = options.Value.LostAfter;
    private readonly long _start = time.GetTimestamp();
    private readonly Seen[] _channels = [.. Channels.All.Select(_ => new Seen())];
    private readonly Lock _gate = new();

    private TimeSpan Now => time.GetElapsedTime(_start);

    private long Period => Now.Ticks / _lostAfter.Ticks;

    /// <summary>Records a claimed delivery.</summary>
    /// <remarks>After a republication the last publication counts, although the first message may have arrived.</remarks>
    public void Saw(Delivery claimed)
    {
        var published = claimed.PublishDueAt - DeliveryRules.RepublishAfter(_lostAfter, claimed.Republished);
        var lag = claimed.UpdatedAt > published ? claimed.UpdatedAt - published : TimeSpan.Zero;
        lock (_gate)
        {
            _channels[(int)claimed.Channel].Add(Period, lag);
        }
    }

    /// <summary>Records the start of a call: deliveries queued behind it are not seen until it ends.</summary>
    public void Began(Channel channel)
    {
        lock (_gate)
        {
            _channels[(int)channel].Calls++;
        }
    }

    public void Ended(Channel channel)
    {
        lock (_gate)
        {
            _channels[(int)channel].Calls--;
            _channels[(int)channel].QuietSince = Now;
        }
    }

    /// <summary>Forgets what was seen, while nothing can come from the queue: its silence then means nothing.</summary>
    public void Blind(Channel channel)
    {
        lock (_gate)
        {
            _channels[(int)channel].Forget();
            _channels[(int)channel].QuietSince = Now;
        }
    }

    /// <summary>The lag; null when unknown.</summary>
    /// <remarks>Zero when deliveries could have come for long enough and none came, so that none waits.</remarks>
    public TimeSpan? From(Channel channel)
    {
        lock (_gate)
        {
            var seen = _channels[(int)channel];
            return seen.Longest(Period) ?? (seen.Calls == 0 && Now - seen.QuietSince >= _lostAfter ? TimeSpan.Zero : null);
        }
    }

    /// <summary>The channels whose lag is known.</summary>
    public IReadOnlyDictionary<Channel, TimeSpan> Known() =>
        Channels.All.Select(c => (Channel: c, Lag: From(c))).Where(c => c.Lag is not null).ToDictionary(c => c.Channel, c => c.Lag!.Value);

    private sealed class Seen
    {
        private long _period = -1;
        private TimeSpan? _now;
        private TimeSpan? _before;

        public int Calls { get; set; }

        public TimeSpan QuietSince { get; set; }

        public void Add(long period, TimeSpan lag)
        {
            MoveTo(period);
            _now = _now > lag ? _now : lag;
        }

        /// <summary>The longest lag of the current and the previous period.</summary>
        public TimeSpan? Longest(long period)
        {
            MoveTo(period);
            return _before > _now ? _before : _now ?? _before;
        }

        public void Forget() => _now = _before = null;

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
