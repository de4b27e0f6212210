namespace OtpPipeline.Workers.Deliveries;

/// <summary>The places of one channel in this process: each OTP that is under way has one.</summary>
/// <remarks>
/// Work commands take turns: each gets one place of those that get free. A command that gave OTPs back is held, unacknowledged, so that the
/// broker hands this process no more than it sends: each place that gets free while no command waits lets one held command end.
/// </remarks>
public sealed class ChannelPlaces(int concurrency, TimeProvider time)
{
    // The calls hang, once none has ended for this time.
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource<bool>> _waiting = new();
    private readonly Queue<TaskCompletionSource> _held = new();
    private int _free = concurrency;
    private long _lastLeft = time.GetTimestamp();
    private bool _stopping;

    /// <summary>The free ones and those in use.</summary>
    public int All { get; } = concurrency;

    /// <summary>Takes what is free, up to <paramref name="most"/>; waits for a place where none is.</summary>
    /// <remarks>Returns 0 when the time is over, when no place got free for a second, and at once in a process that stops.</remarks>
    public async ValueTask<int> TakeAsync(int most, TimeSpan atMost)
    {
        TaskCompletionSource<bool> turn;
        lock (_lock)
        {
            // While one waits, none is free.
            if (_free > 0 || _stopping || atMost <= TimeSpan.Zero)
            {
                return TakeFree(most);
            }

            turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(turn);
        }

        for (var left = atMost; !turn.Task.IsCompleted;)
        {
            var slice = left < Stall ? left : Stall;
            await ((Task)turn.Task).WaitAsync(slice, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            left -= slice;
            if (left <= TimeSpan.Zero || time.GetElapsedTime(Volatile.Read(ref _lastLeft)) >= Stall)
            {
                turn.TrySetResult(false);
            }
        }

        if (!await turn.Task)
        {
            return 0;
        }

        lock (_lock)
        {
            return 1 + TakeFree(most - 1);
        }
    }

    /// <summary>Gives a place to the command that waits longest, or frees it.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _lastLeft = time.GetTimestamp();
            while (_waiting.TryDequeue(out var turn))
            {
                if (turn.TrySetResult(true))
                {
                    return;
                }
            }

            _free++;
            while (_held.TryDequeue(out var held))
            {
                // One place lets one command end; once nothing is under way, no further place would.
                if (held.TrySetResult() && _free < All)
                {
                    return;
                }
            }
        }
    }

    /// <summary>Holds a command until a place gets free for another one, or the time is over.</summary>
    public async Task HoldAsync(TimeSpan atMost)
    {
        TaskCompletionSource held;
        lock (_lock)
        {
            if (_free > 0 || _stopping)
            {
                return;
            }

            held = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _held.Enqueue(held);
        }

        await held.Task.WaitAsync(atMost, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        held.TrySetResult();
    }

    /// <summary>Lets nothing wait any more: what has no place goes back at once.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _stopping = true;
            while (_waiting.TryDequeue(out var turn))
            {
                turn.TrySetResult(false);
            }

            while (_held.TryDequeue(out var held))
            {
                held.TrySetResult();
            }
        }
    }

    private int TakeFree(int most)
    {
        var taken = Math.Min(_free, most);
        _free -= taken;
        return taken;
    }
}
