using OtpPipeline.Core.Callbacks;

namespace OtpPipeline.Workers.Callbacks;

/// <summary>
/// Who may send now. Every host has a lane of its own, with a limit that it earns by answering quickly and a breaker that leaves it
/// alone when it does not answer. Hosts that are new, slow or failing share three quarters of all places, so that any number of
/// dead ones leaves room for the others. Memory is bounded: what finds no place waits in the database.
/// </summary>
public sealed class HostLanes<T>(CallbackOptions options, TimeProvider time)
{
    private const int SlowLimit = 4;
    private const int MaxLanes = 20_000;
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Lane<T>> _lanes = new(StringComparer.OrdinalIgnoreCase);

    // What waits here holds its lease, and must still have the time for its exchange.
    private readonly TimeSpan _patience = (options.Lease - options.Timeout - CallbackOptions.LeaseMargin) / 2;
    private readonly int _unprovenLimit = options.Concurrency * 3 / 4;
    private int _running;
    private int _unproven;
    private int _waiting;
    private bool _closed;

    /// <summary>Whether it makes sense to claim more.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_lock)
            {
                return !_closed && _waiting < options.Queue / 2 && _running < options.Concurrency;
            }
        }
    }

    public int Lanes
    {
        get
        {
            lock (_lock)
            {
                return _lanes.Count;
            }
        }
    }

    /// <summary>Asks for a place.</summary>
    /// <param name="host">Name and port.</param>
    /// <param name="item">The callback.</param>
    /// <param name="delay">How long it waits in the database, where it does.</param>
    public LaneVerdict Enter(string host, T item, out TimeSpan delay)
    {
        lock (_lock)
        {
            delay = Busy;
            if (_closed)
            {
                delay = TimeSpan.Zero;
                return LaneVerdict.PutBack;
            }

            if (LaneOf(host) is not { } lane)
            {
                return LaneVerdict.PutBack;
            }

            lane.LastUsed = time.GetTimestamp();
            if (BreakerOf(lane) is { } closedFor)
            {
                delay = closedFor;
                return LaneVerdict.PutBack;
            }

            if (lane.Waiting.Count == 0 && TryStart(lane))
            {
                return LaneVerdict.Start;
            }

            if (lane.Failures > 0)
            {
                delay = options.Timeout;
                return LaneVerdict.PutBack;
            }

            var wait = lane.Took * (lane.Waiting.Count + 1) / LimitOf(lane);
            if (lane.Running == 0 || (lane.HasAnswered && wait > _patience) || lane.Waiting.Count >= options.QueuePerHost || _waiting >= options.Queue)
            {
                delay = wait < Busy ? Busy : wait > LongestWait ? LongestWait : wait;
                return LaneVerdict.PutBack;
            }

            lane.Waiting.Enqueue(item);
            _waiting++;
            return LaneVerdict.Wait;
        }
    }

    /// <summary>Gives the place back.</summary>
    public LaneChange<T> Leave(string host, LaneResult result, TimeSpan took)
    {
        lock (_lock)
        {
            var lane = _lanes[host];
            lane.LastUsed = time.GetTimestamp();
            lane.Running--;
            _running--;
            Note(lane, result, took);
            if (lane.Failures > 0 || _closed)
            {
                var delay = _closed ? TimeSpan.Zero : BreakerOf(lane) ?? options.Timeout;
                return new([], Empty(lane), delay);
            }

            var start = new List<T>();
            while (lane.Waiting.Count > 0 && TryStart(lane))
            {
                start.Add(lane.Waiting.Dequeue());
                _waiting--;
            }

            // Nobody would come back for what waits where nothing runs.
            return new(start, lane.Running == 0 ? Empty(lane) : [], Busy);
        }
    }

    /// <summary>No more places; what waits is put back.</summary>
    public IReadOnlyList<T> Close()
    {
        lock (_lock)
        {
            _closed = true;
            return [.. _lanes.Values.SelectMany(Empty)];
        }
    }

    private Lane<T>? LaneOf(string host)
    {
        if (_lanes.TryGetValue(host, out var lane))
        {
            return lane;
        }

        if (_lanes.Count >= MaxLanes)
        {
            // A host that is forgotten begins anew.
            foreach (var (name, _) in _lanes.Where(l => l.Value.Running == 0).OrderBy(l => l.Value.LastUsed).Take(MaxLanes / 10).ToList())
            {
                _lanes.Remove(name);
            }
        }

        return _lanes.Count >= MaxLanes ? null : _lanes[host] = new Lane<T>();
    }

    private bool TryStart(Lane<T> lane)
    {
        var unproven = !lane.IsQuick;
        if (lane.Running >= LimitOf(lane) || _running >= options.Concurrency || (unproven && _unproven >= _unprovenLimit))
        {
            return false;
        }

        lane.Running++;
        _running++;
        Recount(lane);
        return true;
    }

    private int LimitOf(Lane<T> lane)
    {
        if (lane.IsQuick)
        {
            return options.ConcurrencyPerHost;
        }

        return lane.HasAnswered && lane.Failures == 0 ? Math.Min(SlowLimit, options.ConcurrencyPerHost) : 1;
    }

    private void Note(Lane<T> lane, LaneResult result, TimeSpan took)
    {
        switch (result)
        {
            case LaneResult.Answered:
                lane.Took = lane.HasAnswered ? (lane.Took * 0.8) + (took * 0.2) : took;
                lane.HasAnswered = true;
                lane.IsQuick = took < Quick;
                (lane.Failures, lane.Openings) = (0, 0);
                break;
            case LaneResult.Failed:
                lane.IsQuick = false;
                lane.Failures++;
                if (lane.Failures >= options.BreakerFailures)
                {
                    var pause = options.BreakerPause * Math.Pow(2, Math.Min(lane.Openings, 16));
                    lane.OpenFor = pause < LongestPause ? pause : LongestPause;
                    lane.OpenSince = time.GetTimestamp();
                    lane.Openings++;
                }

                break;
        }

        Recount(lane);
    }

    /// <summary>How long the breaker still leaves the host alone; null where it does not.</summary>
    private TimeSpan? BreakerOf(Lane<T> lane)
    {
        if (lane.Failures < options.BreakerFailures)
        {
            return null;
        }

        var left = lane.OpenFor - time.GetElapsedTime(lane.OpenSince);
        return left > TimeSpan.Zero ? left : lane.Running > 0 ? options.Timeout : null;
    }

    private void Recount(Lane<T> lane)
    {
        var count = lane.IsQuick ? 0 : lane.Running;
        _unproven += count - lane.CountedUnproven;
        lane.CountedUnproven = count;
    }

    private List<T> Empty(Lane<T> lane)
    {
        var items = lane.Waiting.ToList();
        lane.Waiting.Clear();
        _waiting -= items.Count;
        return items;
    }
}
