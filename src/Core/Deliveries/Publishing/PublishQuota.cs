using Microsoft.Extensions.Options;

namespace OtpPipeline.Core.Deliveries.Publishing;

/// <summary>Decides which new deliveries are published at once, within the application's share of the channel's queue.</summary>
/// <remarks>
/// The database counts. Each count grants a block of a sixteenth of the share, so one count serves that many OTPs. Counts go up to half of
/// the share, so eight processes that use their blocks at the same time do not exceed the whole share.
/// </remarks>
public sealed class PublishQuota(ReleaseSignal signal, IOptions<DeliveryOptions> options)
{
    private readonly int _block = options.Value.PublishBlock;
    private readonly int _target = options.Value.PublishTarget;
    private readonly Dictionary<QueueShare, Quota> _quotas = [];
    private readonly Lock _lock = new();

    /// <summary>Begins one transaction; dispose the batch after its end.</summary>
    public Batch Begin() => new(this);

    /// <summary>The places that one transaction takes. Not thread-safe.</summary>
    public sealed class Batch : IDisposable
    {
        private readonly PublishQuota _owner;
        private readonly Dictionary<QueueShare, int> _taken = [];
        private bool _someWait;

        internal Batch(PublishQuota owner) => _owner = owner;

        /// <summary>The shares whose use must be counted before all of these can take places.</summary>
        public IReadOnlyList<QueueShare> ToCount(IEnumerable<QueueShare> wanted)
        {
            lock (_owner._lock)
            {
                return [.. wanted.GroupBy(w => w).Where(w => _owner.From(w.Key).Credit < w.Count()).Select(w => w.Key)];
            }
        }

        /// <summary>Stores the counts that this transaction read from the database.</summary>
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

        /// <summary>Returns false when the delivery must wait for its turn.</summary>
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

        /// <summary>After this, the database's counts include the taken places, if they were committed.</summary>
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
