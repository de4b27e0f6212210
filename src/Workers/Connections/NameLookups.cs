using System.Net;
using System.Net.Sockets;

namespace OtpPipeline.Workers.Connections;

/// <summary>Returns all addresses of a name; blocks until the resolver answers.</summary>
public delegate IPAddress[] ResolveName(string host);

/// <summary>The look-up got no thread in time; nothing is known about the name.</summary>
public sealed class NoLookupPlaceException() : Exception("All look-ups that this owner may make at once are under way.");

/// <summary>Looks up names on a limited number of threads, which owners share fairly.</summary>
/// <remarks>
/// The system resolver blocks its thread and cannot be cancelled. A look-up without an answer in time fails for its callers, but its thread
/// counts for its owner until the resolver returns. Owners share neither look-ups nor failures.
/// </remarks>
public sealed class NameLookups(ResolveName resolve, int places, TimeSpan timeout, TimeProvider time)
{
    /// <summary>How long a failed look-up is not repeated.</summary>
    public static readonly TimeSpan FailureLifetime = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly FairShare<string> _share = new(places);
    private readonly Dictionary<(string Owner, string Host), Lookup> _lookups = [];
    private readonly Dictionary<string, Queue<Lookup>> _waiting = new(StringComparer.Ordinal);
    private readonly Queue<Lookup> _failed = [];

    /// <summary>Returns at least one address, in the resolver's order.</summary>
    /// <exception cref="SocketException">The name has no address, or the resolver did not answer in time.</exception>
    /// <exception cref="NoLookupPlaceException">No thread was free for this owner.</exception>
    public async Task<IPAddress[]> ResolveAsync(string owner, string host, CancellationToken cancellationToken)
    {
        Lookup? lookup;
        lock (_lock)
        {
            ForgetFailures();
            var key = (owner, host.ToLowerInvariant());
            if (!_lookups.TryGetValue(key, out lookup))
            {
                lookup = new(key);
                _lookups.Add(key, lookup);
                Begin(lookup);
            }
        }

        return await lookup.Addresses.Task.WaitAsync(cancellationToken);
    }

    private void Begin(Lookup lookup)
    {
        lookup.Deadline = time.CreateTimer(_ => EndAtDeadline(lookup), null, timeout, Timeout.InfiniteTimeSpan);
        if (_share.TryTake(lookup.Key.Owner))
        {
            Run(lookup);
            return;
        }

        if (!_waiting.TryGetValue(lookup.Key.Owner, out var queue))
        {
            _waiting.Add(lookup.Key.Owner, queue = []);
        }

        queue.Enqueue(lookup);
    }

    private void Run(Lookup lookup)
    {
        lookup.IsRunning = true;
        _ = Task.Factory.StartNew(() => Resolve(lookup), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private void Resolve(Lookup lookup)
    {
        IPAddress[] addresses = [];
        Exception? failure = null;
        try
        {
            addresses = resolve(lookup.Key.Host);
        }
        catch (Exception failed)
        {
            failure = failed;
        }

        lock (_lock)
        {
            lookup.IsRunning = false;
            if (addresses.Length == 0)
            {
                Fail(lookup, failure ?? new SocketException((int)SocketError.HostNotFound));
            }
            else
            {
                lookup.Addresses.TrySetResult(addresses);
                Remove(lookup);
            }

            _share.Return(lookup.Key.Owner);
            RunWaiting();
        }
    }

    /// <summary>Starts waiting look-ups; the owner with the fewest threads comes first.</summary>
    private void RunWaiting()
    {
        while (_waiting.Count > 0 && _waiting.MinBy(w => _share.Held(w.Key)) is var (owner, queue) && _share.HasRoomFor(owner))
        {
            var lookup = queue.Dequeue();
            if (queue.Count == 0)
            {
                _waiting.Remove(owner);
            }

            if (!lookup.Addresses.Task.IsCompleted)
            {
                _share.Take(owner, 1);
                Run(lookup);
            }
        }
    }

    private void EndAtDeadline(Lookup lookup)
    {
        lock (_lock)
        {
            if (lookup.Addresses.Task.IsCompleted)
            {
                return;
            }

            if (lookup.IsRunning)
            {
                Fail(lookup, new SocketException((int)SocketError.TryAgain));
            }
            else
            {
                SetFailure(lookup, new NoLookupPlaceException());
                Remove(lookup);
            }
        }
    }

    private void Fail(Lookup lookup, Exception failure)
    {
        if (SetFailure(lookup, failure))
        {
            lookup.FailedAt = time.GetTimestamp();
            _failed.Enqueue(lookup);
        }
        else if (lookup.IsForgotten)
        {
            Remove(lookup);
        }
    }

    private static bool SetFailure(Lookup lookup, Exception failure)
    {
        var isFirst = lookup.Addresses.TrySetException(failure);

        // Mark the exception as observed: possibly no caller waits any more.
        _ = lookup.Addresses.Task.Exception;
        return isFirst;
    }

    private void ForgetFailures()
    {
        while (_failed.TryPeek(out var oldest) && time.GetElapsedTime(oldest.FailedAt) >= FailureLifetime)
        {
            _failed.Dequeue();
            oldest.IsForgotten = true;
            if (!oldest.IsRunning)
            {
                Remove(oldest);
            }
        }
    }

    private void Remove(Lookup lookup)
    {
        _lookups.Remove(lookup.Key);
        lookup.Deadline?.Dispose();
    }

    private sealed class Lookup((string Owner, string Host) key)
    {
        public (string Owner, string Host) Key { get; } = key;

        public TaskCompletionSource<IPAddress[]> Addresses { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ITimer? Deadline { get; set; }

        /// <summary>The look-up blocks a thread.</summary>
        public bool IsRunning { get; set; }

        public long FailedAt { get; set; }

        /// <summary>Its failure has expired; it is removed when its thread ends.</summary>
        public bool IsForgotten { get; set; }
    }
}
