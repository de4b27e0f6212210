using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Providers;

namespace OtpPipeline.Workers.Providers.Reservations;

/// <summary>What this process knows of one provider: running messages, circuit breaker, rest, pause.</summary>
internal sealed partial class ProviderState(ProviderLimits limits, MessageSlots? slots, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan WhilePaused = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortestRest = TimeSpan.FromSeconds(1);
    private readonly ProviderBreaker _breaker = new(limits.BreakerFailures, limits.BreakerPause);
    private readonly RecentOutcomes _recent = new(time);
    private readonly RunningMessages _running = new();
    private readonly ProviderRest _rest = new();
    private readonly Lock _lock = new();
    private readonly long _start = time.GetTimestamp();
    private DateTime _setAt;
    private TimeSpan _turn;
    private TimeSpan _duration = TimeSpan.FromMilliseconds(100);

    public string Name => limits.Provider;

    /// <summary>An operator paused it.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>The share that an operator gave it; null for that of the route.</summary>
    public int? Weight { get; private set; }

    /// <summary>False while it is paused, rests, or its breaker is open.</summary>
    public bool IsUsable
    {
        get
        {
            lock (_lock)
            {
                return UnusableFor(Now) == TimeSpan.Zero;
            }
        }
    }

    private TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>Takes what an operator set. A resume ends its rest too: it changes no weight.</summary>
    public void Set((bool Paused, int? Weight, DateTime UpdatedAt) setting)
    {
        lock (_lock)
        {
            if (setting.UpdatedAt != _setAt && !setting.Paused && setting.Weight == Weight)
            {
                _rest.End();
            }

            (IsPaused, Weight, _setAt) = setting;
        }
    }

    /// <summary>What operators see of it.</summary>
    public ProviderReading Read()
    {
        lock (_lock)
        {
            var now = Now;
            var breaker = !_breaker.IsOpen ? "closed" : _breaker.Wait(now) > TimeSpan.Zero ? "open" : "half_open";
            return new(
                _running.Count, limits.Concurrency == int.MaxValue ? null : limits.Concurrency, limits.MessagesPerSecond, breaker,
                Math.Round(UnusableFor(now).TotalSeconds, 1), _recent.LastMinute(), _recent.Errors);
        }
    }

    /// <summary>Reserves a place; otherwise says for how long not, and whether it only is full.</summary>
    /// <param name="mostUnanswered">With so many unanswered messages it is full.</param>
    public async ValueTask<EntryAttempt> EnterAsync(int mostUnanswered)
    {
        bool isProbe;
        LinkedListNode<TimeSpan> message;
        lock (_lock)
        {
            var now = Now;
            if (UnusableFor(now) is var wait && wait > TimeSpan.Zero)
            {
                return new(null, wait, IsFull: false);
            }

            if (_running.Count >= limits.Concurrency
                || (_running.Count >= mostUnanswered && _running.Unanswered(now) >= mostUnanswered))
            {
                return new(null, NextTurn(), IsFull: true);
            }

            message = _running.Begin(now);
            isProbe = _breaker.Enter();
        }

        if (slots is null)
        {
            return new(new(this, message, isProbe, null), TimeSpan.Zero, IsFull: false);
        }

        TimeSpan? slot = null;
        try
        {
            slot = await slots.TakeAsync();
        }
        finally
        {
            if (slot is null)
            {
                Leave(message, isProbe, hasVerdict: false, default);
            }
        }

        if (slot is not null)
        {
            return new(new(this, message, isProbe, slot), TimeSpan.Zero, IsFull: false);
        }

        lock (_lock)
        {
            return new(null, NextTurn(), IsFull: true);
        }
    }

    /// <summary>Waits until a message may go out; takes another moment when its own has passed. Returns the moment.</summary>
    public async ValueTask<TimeSpan> ReachAsync(TimeSpan slot, Func<bool> isOver, CancellationToken cancellationToken)
    {
        TimeSpan? current = slot;
        while (!isOver() && (current is null || !await slots!.ReachAsync(current.Value, cancellationToken)))
        {
            current = await slots!.TakeAsync();
            if (current is null)
            {
                await Task.Delay(slots.Interval, time, cancellationToken);
            }
        }

        return current ?? slot;
    }

    public TimeSpan Since(TimeSpan began) => Now - began;

    public TimeSpan Began() => Now;

    /// <param name="outcome">How it took the message.</param>
    /// <param name="isProbe">The message tried an open breaker out.</param>
    /// <param name="began">When the message got its place: one from before the rest does not end it.</param>
    public void Report(SendOutcome outcome, bool isProbe, TimeSpan began)
    {
        TimeSpan? opened = null;
        bool closed;
        lock (_lock)
        {
            var wasOpen = _breaker.IsOpen;
            _recent.Add(outcome);
            if (outcome is not (SendOutcome.Unknown or SendOutcome.NotSent))
            {
                _running.Answered(Now);
            }

            switch (outcome)
            {
                case SendOutcome.Accepted:
                    _breaker.Succeeded();
                    _rest.Accepted(began);
                    break;
                case SendOutcome.Refused:
                    _breaker.Succeeded();
                    break;
                case SendOutcome.Throttled throttled:
                    _breaker.Succeeded();
                    Rest(throttled.RetryAfter ?? ShortestRest);
                    break;
                case SendOutcome.ProviderFailed failed:
                    opened = _breaker.Failed(isProbe, Now);
                    Rest(failed.RetryAfter ?? TimeSpan.Zero);
                    break;
                case SendOutcome.Unknown:
                    opened = _breaker.Failed(isProbe, Now);
                    break;
                case SendOutcome.NotSent:
                    _breaker.NoVerdict(isProbe);
                    break;
            }

            closed = wasOpen && !_breaker.IsOpen;
        }

        if (opened is { } pause)
        {
            Log.Opened(logger, Name, outcome.Cause!, pause);
        }
        else if (closed)
        {
            Log.Closed(logger, Name);
        }
    }

    public void Leave(LinkedListNode<TimeSpan> message, bool isProbe, bool hasVerdict, TimeSpan took)
    {
        lock (_lock)
        {
            _running.End(message);
            if (hasVerdict)
            {
                _duration = (_duration * 0.9) + (took * 0.1);
            }
            else
            {
                _breaker.NoVerdict(isProbe);
            }
        }
    }

    private TimeSpan UnusableFor(TimeSpan now)
    {
        var wait = _breaker.Wait(now);
        var rest = _rest.Wait(now);
        return IsPaused ? WhilePaused : rest > wait ? rest : wait;
    }

    private void Rest(TimeSpan wanted)
    {
        if (limits.Rests)
        {
            _rest.Begin(wanted, Now);
        }
    }

    /// <summary>Spreads the deliveries that find no place over the time in which places are expected to get free.</summary>
    private TimeSpan NextTurn()
    {
        var now = Now;
        var each = slots?.Interval ?? (_duration / limits.Concurrency);
        _turn = (_turn > now ? _turn : now) + (each * 0.8);
        _turn = _turn < now + LongestWait ? _turn : now + LongestWait;
        return _turn - now is var wait && wait > ShortestWait ? wait : ShortestWait;
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "Provider {Provider} failed too often in a row, at last with {Reason}: it is left alone for {Pause}")]
        public static partial void Opened(ILogger logger, string provider, string reason, TimeSpan pause);

        [LoggerMessage(Level = LogLevel.Information, Message = "Provider {Provider} works again")]
        public static partial void Closed(ILogger logger, string provider);
    }
}
