namespace OtpPipeline.Core.RateLimits;

/// <summary>The permits that this process holds for one application, and what it knows of other processes' permits.</summary>
internal sealed class ApplicationPermits
{
    // Half a block is fetched ahead: with the fewest blocks, an idle process keeps less than a twentieth of the limit from the others.
    private const int FewestBlocks = 32;
    private const int MostBlocks = 256;
    private const double SmallestShare = 0.1;
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(2);
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Guid _applicationId;
    private TaskCompletionSource? _lease;
    private DateTimeOffset _endsAt = DateTimeOffset.MinValue;
    private DateTimeOffset _leasedAt = DateTimeOffset.MinValue;
    private double _share = 1;
    private int _allowed;
    private int _hand;
    private int _mine;
    private int _mineBefore;
    private int _leased;
    private int _block = 1;
    private int _waiting;
    private bool _noneLeft;

    public ApplicationPermits(Guid applicationId, TimeProvider time)
    {
        _applicationId = applicationId;
        _time = time;
    }

    /// <summary>The result of taking a permit.</summary>
    /// <param name="Admission">The answer, if it is known from memory.</param>
    /// <param name="Wait">Completes when more is known; null when the answer is given.</param>
    /// <param name="Lease">The caller must fetch this lease; null when none is needed, or another caller is fetching it.</param>
    public readonly record struct Step(Admission Admission, Task? Wait, PermitRequest? Lease);

    /// <summary>Takes a permit, or returns what to wait for.</summary>
    public Step Take(int allowed)
    {
        lock (_lock)
        {
            var now = Now;
            if (now >= _endsAt)
            {
                BeginMinute();
            }

            if (allowed != _allowed)
            {
                _allowed = allowed;
                _noneLeft = false;
            }

            if (_hand > 0)
            {
                _hand--;
                var ahead = _hand <= _block / 2 && !_noneLeft && _lease is null ? Begin(now) : (PermitRequest?)null;
                return new(new(Admitted: true, Remaining, _endsAt - now), null, ahead);
            }

            if (_noneLeft)
            {
                return new(new(Admitted: false, Remaining, _endsAt - now), null, null);
            }

            _waiting++;
            var lease = _lease is null ? Begin(now) : (PermitRequest?)null;
            return new(default, _lease!.Task, lease);
        }
    }

    /// <summary>Adds a fetched lease.</summary>
    public void Add(PermitLease lease)
    {
        lock (_lock)
        {
            var now = Now;
            var endsAt = now + lease.EndsIn;

            // A lease of another minute: the rest of the old one is no longer valid.
            if (endsAt - _endsAt > TimeSpan.FromSeconds(30))
            {
                BeginMinute();
            }

            _endsAt = endsAt;
            _hand += lease.Granted;
            _mine += lease.Granted;
            _leased = lease.Leased;
            if (lease.LeasedBefore > 0)
            {
                _share = Math.Clamp((double)_mineBefore / lease.LeasedBefore, SmallestShare, 1);
            }

            _noneLeft = lease.Leased >= _allowed;
            End();
        }
    }

    /// <summary>While the database is unavailable, the process uses its share of the limit from the last full minute.</summary>
    public void GoOnAlone()
    {
        lock (_lock)
        {
            var now = Now;
            if (now >= _endsAt)
            {
                BeginMinute();
                _endsAt = now + TimeSpan.FromSeconds(60 - (now.ToUnixTimeSeconds() % 60));
            }

            var more = Math.Max(0, (int)(_allowed * _share) - _mine);
            _hand += more;
            _mine += more;
            _leased = _allowed;
            _noneLeft = true;
            End();
        }
    }

    private int Remaining => Math.Max(0, _allowed - _leased) + _hand;

    // Monotonic: setting the system clock must not end a minute.
    private DateTimeOffset Now => DateTimeOffset.UnixEpoch + _time.GetElapsedTime(0);

    private PermitRequest Begin(DateTimeOffset now)
    {
        var pause = now - _leasedAt;
        _block = pause < Quick ? _block * 2 : pause > Slow ? _block / 2 : _block;
        _block = Math.Clamp(_block, Math.Max(1, _allowed / MostBlocks), Math.Max(1, _allowed / FewestBlocks));
        _leasedAt = now;
        _lease = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return new(_applicationId, _allowed, Math.Max(_block, _waiting));
    }

    private void End()
    {
        _waiting = 0;
        _lease?.SetResult();
        _lease = null;
    }

    /// <summary>Discards the minute that has ended; the first lease of the next one tells when that one ends.</summary>
    private void BeginMinute()
    {
        if (_endsAt == DateTimeOffset.MinValue)
        {
            return;
        }

        _mineBefore = Now - _endsAt < TimeSpan.FromMinutes(1) ? _mine : 0;
        (_hand, _mine, _leased, _noneLeft, _endsAt) = (0, 0, 0, false, DateTimeOffset.MinValue);
    }
}
