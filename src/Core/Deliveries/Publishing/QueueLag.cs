using Microsoft.Extensions.Options;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Core.Deliveries.Publishing;

/// <summary>
/// How far the queue of each channel is behind, seen by what this process takes from it: the longest time of late between a delivery's
/// publication and its claim. What waits in a queue that is behind is not lost, and publishing it again would only lengthen the queue.
/// </summary>
public sealed class QueueLag(TimeProvider time, IOptions<DeliveryOptions> options)
{
    private readonly TimeSpan _lostAfter = options.Value.LostAfter;
    private readonly long _start = time.GetTimestamp();
    private readonly Seen[] _channels = [.. Channels.All.Select(_ => new Seen())];
    private readonly Lock _gate = new();

    private TimeSpan Now => time.GetElapsedTime(_start);

    private long Period => Now.Ticks / _lostAfter.Ticks;

    /// <summary>
    /// A delivery just claimed. Of one that was published again the last publication counts, though its first message may be the one that
    /// came.
    /// </summary>
    public void Saw(Delivery claimed)
    {
        var published = claimed.PublishDueAt - DeliveryRules.RepublishAfter(_lostAfter, claimed.Republished);
        var lag = claimed.UpdatedAt > published ? claimed.UpdatedAt - published : TimeSpan.Zero;
        lock (_gate)
        {
            _channels[(int)claimed.Channel].Add(Period, lag);
        }
    }

    /// <summary>A call takes a place; what waits behind it is not seen until it ends.</summary>
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

    /// <summary>
    /// Nothing can come from the queue at the moment: its silence tells nothing, and what was seen before does not hold any more.
    /// </summary>
    public void Blind(Channel channel)
    {
        lock (_gate)
        {
            _channels[(int)channel].Forget();
            _channels[(int)channel].QuietSince = Now;
        }
    }

    /// <summary>
    /// Null where it is not known; zero where something could have come for long enough and did not, so that nothing waits.
    /// </summary>
    public TimeSpan? From(Channel channel)
    {
        lock (_gate)
        {
            var seen = _channels[(int)channel];
            return seen.Longest(Period) ?? (seen.Calls == 0 && Now - seen.QuietSince >= _lostAfter ? TimeSpan.Zero : null);
        }
    }

    /// <summary>The channels of which it is known.</summary>
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

        /// <summary>Of the period that runs and of the one before.</summary>
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
