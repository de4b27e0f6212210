using Microsoft.Extensions.Options;

namespace OtpPipeline.Core.Deliveries.Publishing;

/// <summary>Which new deliveries are published at once: as many as the application's share of the channel's queue has places.</summary>
/// <remarks>
/// The database counts, and each count admits a block of a sixteenth of the share, so a count is needed once in so many OTPs.
/// Counts go up to half of the share: eight processes that use their blocks at the same moment do not exceed the whole.
/// </remarks>
public sealed class PublishQuota(ReleaseSignal signal, IOptions<DeliveryOptions> options)
{
    private readonly int _block = options.Value.PublishBlock;
    private readonly int _target = options.Value.PublishTarget;
    private readonly Dictionary<QueueShare, Quota> _quotas = [];
    private readonly Lock _lock = new();

    /// <summary>Places for one transaction; disposed after its end.</summary>
    public Batch Begin() => new(this);

    /// <summary>What one transaction takes. Not for use by several threads at once.</summary>
    public sealed class Batch : IDisposable
    {
        private readonly PublishQuota _owner;
        private readonly Dictionary<QueueShare, int> _taken = [];
        private bool _someWait;

        internal Batch(PublishQuota owner) => _owner = owner;

        /// <summary>The shares whose use must be counted before places for all of these can be taken.</summary>
        public IReadOnlyList<QueueShare> ToCount(IEnumerable<QueueShare> wanted)
        {
            lock (_owner._lock)
            {
                return [.. wanted.GroupBy(w => w).Where(w => _owner.From(w.Key).Credit < w.Count()).Select(w => w.Key)];
            }
        }

        /// <summary>What the database counted in this transaction.</summary>
        public void Counted(IReadOnlyDictionary<QueueShare, QueueShareUse> uses)
        {
            lock (_owner._lock)
            {
                foreach (var (share, use) in uses)
                {
                    var quota = _owner.From(share);
                    var free = Math.Min(_owner._block, _owner._target - use.Published) - quota.Uncommitted;
                    quota.Credit = use.HasWaiting ? 0 : Math.Max(0, free);
                }
            }
        }

        /// <summary>False where the delivery has to wait for its turn.</summary>
        public bool TryTake(QueueShare share)
        {
            lock (_owner._lock)
            {
                var quota = _owner.From(share);
                if (quota.Credit == 0)
                {
                    _someWait = true;
                    return false;
                }

                quota.Credit--;
                quota.Uncommitted++;
                _taken[share] = _taken.GetValueOrDefault(share) + 1;
                return true;
            }
        }

        /// <summary>From here on the database's counts include what was taken, if it was committed.</summary>
        public void Dispose()
        {
            lock (_owner._lock)
            {
                foreach (var (share, count) in _taken)
                {
                    _owner.From(share).Uncommitted -= count;
                }
            }

            _taken.Clear();
            if (_someWait)
            {
                _owner.Wake();
            }
        }
    }

    private void Wake() => signal.Wake();

    private Quota From(QueueShare share)
    {
        if (!_quotas.TryGetValue(share, out var quota))
        {
            _quotas[share] = quota = new();
        }

        return quota;
    }

    private sealed class Quota
    {
        public int Credit { get; set; }

        public int Uncommitted { get; set; }
    }
}
