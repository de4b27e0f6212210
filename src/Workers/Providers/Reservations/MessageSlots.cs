using OtpPipeline.Core.RateLimits;

namespace OtpPipeline.Workers.Providers.Reservations;

/// <summary>The moments at which this process may hand a message to a provider with a limit per second.</summary>
/// <remarks>
/// The moments are evenly spaced over all processes, so that the limit holds in any second and not only in those of the clock. They are
/// spaced for 1.05 seconds, so at most 5 % of the limit is not used: of two messages one may be 50 ms later than it was meant to. Of these,
/// 20 ms are ours: a moment that is further in the past is not used. The others are the network's. A process leases no more than about a
/// second ahead: a delivery is claimed before its moment.
/// </remarks>
internal sealed class MessageSlots(string provider, int perSecond, IMessageSlotStore store, TimeProvider time)
{
    private const double Window = 1.05;
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Lead = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(1);
    private readonly int _block = Math.Max(1, perSecond / 10);
    private readonly Queue<TimeSpan> _slots = new();
    private readonly Lock _lock = new();
    private readonly long _start = time.GetTimestamp();
    private Task? _lease;
    private TimeSpan _until;
    private int _waiting;

    /// <summary>Time between two messages.</summary>
    public TimeSpan Interval { get; } = TimeSpan.FromSeconds(Window / perSecond);

    private TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>Returns the next moment; null when enough messages wait for one.</summary>
    public async ValueTask<TimeSpan?> TakeAsync()
    {
        Task lease;
        lock (_lock)
        {
            if (TryTake() is { } slot)
            {
                return slot;
            }

            if (_waiting >= _block || _until - Now > Ahead)
            {
                return null;
            }

            _waiting++;
            lease = _lease ??= Task.Run(LeaseAsync);
        }

        try
        {
            await lease;
        }
        finally
        {
            lock (_lock)
            {
                _waiting--;
            }
        }

        lock (_lock)
        {
            return TryTake();
        }
    }

    /// <summary>Waits for the moment. False when it has passed: it must not be used.</summary>
    public async Task<bool> ReachAsync(TimeSpan slot, CancellationToken cancellationToken)
    {
        if (slot - Now is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left, time, cancellationToken);
        }

        return Now - slot < Late;
    }

    private TimeSpan? TryTake()
    {
        while (_slots.TryDequeue(out var slot))
        {
            if (Now - slot < Late)
            {
                return slot;
            }
        }

        return null;
    }

    private async Task LeaseAsync()
    {
        try
        {
            // Counted from the answer, so that a moment is never earlier than the database meant it.
            var begin = await store.LeaseAsync(provider, Interval * _block, Lead, CancellationToken.None) + Now;
            lock (_lock)
            {
                for (var i = 0; i < _block; i++)
                {
                    _slots.Enqueue(begin + (Interval * i));
                }

                _until = begin + (Interval * _block);
            }
        }
        finally
        {
            lock (_lock)
            {
                _lease = null;
            }
        }
    }
}
