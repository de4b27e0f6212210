using OtpPipeline.Core.Callbacks;
using OtpPipeline.Workers.Connections;

namespace OtpPipeline.Workers.Callbacks;

/// <summary>Per-host queues with concurrency limits and circuit breakers; applications share the places fairly.</summary>
/// <remarks>
/// A host gets its full limit by answering quickly. New, slow and failing hosts share three quarters of all places, so that any number of
/// dead hosts leaves capacity for the others. Memory is bounded: a callback without a place waits in the database.
/// </remarks>
public sealed class HostQueues<T>(CallbackOptions options, TimeProvider time)
{
    private const int SlowLimit = 4;
    private const int MaxHosts = 20_000;
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<HostKey, HostQueue<T>> _hosts = [];
    private readonly FairShare<Guid> _places = new(options.Concurrency);
    private readonly FairShare<Guid> _slowPlaces = new(options.Concurrency * 3 / 4);
    private readonly FairShare<Guid> _memory = new(options.Queue);

    // A waiting callback holds its lease and must still have time for its exchange.
    private readonly TimeSpan _patience = (options.Lease - options.Timeout - CallbackOptions.LeaseMargin) / 2;
    private bool _closed;

    /// <summary>True if claiming more callbacks of this application makes sense.</summary>
    public bool HasRoomFor(Guid applicationId)
    {
        lock (_lock)
        {
            return !_closed && _places.HasRoomFor(applicationId) && _memory.HasRoomFor(applicationId);
        }
    }

    public int Hosts
    {
        get
        {
            lock (_lock)
            {
                return _hosts.Count;
            }
        }
    }

    /// <summary>Requests a place.</summary>
    /// <param name="key">The callback's host.</param>
    /// <param name="item">The callback.</param>
    /// <param name="delay">How long the callback waits in the database, if it must.</param>
    public Admission Enter(HostKey key, T item, out TimeSpan delay)
    {
        lock (_lock)
        {
            delay = Busy;
            if (_closed)
            {
                delay = TimeSpan.Zero;
                return Admission.PutBack;
            }

            if (Find(key) is not { } host)
            {
                return Admission.PutBack;
            }

            host.LastUsed = time.GetTimestamp();
            if (BreakerOf(host) is { } closedFor)
            {
                delay = closedFor;
                return Admission.PutBack;
            }

            if (host.Waiting.Count == 0 && TryStart(host))
            {
                return Admission.Start;
            }

            if (host.Failures > 0)
            {
                delay = options.Timeout;
                return Admission.PutBack;
            }

            var wait = host.Took * (host.Waiting.Count + 1) / LimitOf(host);
            if (host.Running == 0 || (host.HasAnswered && wait > _patience) || host.Waiting.Count >= options.QueuePerHost
                || !_memory.TryTake(host.Owner))
            {
                delay = wait < Busy ? Busy : wait > LongestWait ? LongestWait : wait;
                return Admission.PutBack;
            }

            host.Waiting.Enqueue(item);
            return Admission.Wait;
        }
    }

    /// <summary>Returns the place.</summary>
    public QueueChange<T> Leave(HostKey key, HostResult result, TimeSpan took)
    {
        lock (_lock)
        {
            var host = _hosts[key];
            host.LastUsed = time.GetTimestamp();
            host.Running--;
            _places.Return(host.Owner);
            Note(host, result, took);
            if (host.Failures > 0 || _closed)
            {
                var delay = _closed ? TimeSpan.Zero : BreakerOf(host) ?? options.Timeout;
                return new([], Empty(host), delay);
            }

            var start = new List<T>();
            while (host.Waiting.Count > 0 && TryStart(host))
            {
                start.Add(host.Waiting.Dequeue());
                _memory.Return(host.Owner);
            }

            // With no running request, no later Leave would start the waiting callbacks.
            return new(start, host.Running == 0 ? Empty(host) : [], Busy);
        }
    }

    /// <summary>Grants no more places and returns all waiting callbacks.</summary>
    public IReadOnlyList<T> Close()
    {
        lock (_lock)
        {
            _closed = true;
            return [.. _hosts.Values.SelectMany(Empty)];
        }
    }

    private HostQueue<T>? Find(HostKey key)
    {
        if (_hosts.TryGetValue(key, out var host))
        {
            return host;
        }

        if (_hosts.Count >= MaxHosts)
        {
            ForgetSome();
        }

        return _hosts.Count >= MaxHosts ? null : _hosts[key] = new(key);
    }

    /// <summary>Forgets the longest unused hosts of the application that has the most. A forgotten host starts as new.</summary>
    private void ForgetSome()
    {
        var idle = _hosts.Values.Where(h => h.Running == 0).GroupBy(h => h.Owner).MaxBy(g => g.Count());
        foreach (var host in idle?.OrderBy(h => h.LastUsed).Take(MaxHosts / 10) ?? [])
        {
            _hosts.Remove(host.Key);
        }
    }

    private bool TryStart(HostQueue<T> host)
    {
        if (host.Running >= LimitOf(host) || !_places.HasRoomFor(host.Owner) || (!host.IsQuick && !_slowPlaces.HasRoomFor(host.Owner)))
        {
            return false;
        }

        host.Running++;
        _places.Take(host.Owner, 1);
        Recount(host);
        return true;
    }

    private int LimitOf(HostQueue<T> host)
    {
        if (host.IsQuick)
        {
            return options.ConcurrencyPerHost;
        }

        return host.HasAnswered && host.Failures == 0 ? Math.Min(SlowLimit, options.ConcurrencyPerHost) : 1;
    }

    private void Note(HostQueue<T> host, HostResult result, TimeSpan took)
    {
        switch (result)
        {
            case HostResult.Answered:
                host.Took = host.HasAnswered ? (host.Took * 0.8) + (took * 0.2) : took;
                host.HasAnswered = true;
                host.IsQuick = took < Quick;
                (host.Failures, host.Openings) = (0, 0);
                break;
            case HostResult.Failed:
                host.IsQuick = false;
                host.Failures++;
                if (host.Failures >= options.BreakerFailures)
                {
                    var pause = options.BreakerPause * Math.Pow(2, Math.Min(host.Openings, 16));
                    host.OpenFor = pause < LongestPause ? pause : LongestPause;
                    host.OpenSince = time.GetTimestamp();
                    host.Openings++;
                }

                break;
        }

        Recount(host);
    }

    /// <summary>How long the breaker still blocks the host; null if it does not.</summary>
    private TimeSpan? BreakerOf(HostQueue<T> host)
    {
        if (host.Failures < options.BreakerFailures)
        {
            return null;
        }

        var left = host.OpenFor - time.GetElapsedTime(host.OpenSince);
        return left > TimeSpan.Zero ? left : host.Running > 0 ? options.Timeout : null;
    }

    private void Recount(HostQueue<T> host)
    {
        var count = host.IsQuick ? 0 : host.Running;
        _slowPlaces.Take(host.Owner, count - host.CountedSlow);
        host.CountedSlow = count;
    }

    private List<T> Empty(HostQueue<T> host)
    {
        var items = host.Waiting.ToList();
        host.Waiting.Clear();
        _memory.Return(host.Owner, items.Count);
        return items;
    }
}
