namespace OtpPipeline.Core.Stores;

/// <summary>How long a claim still holds, by the monotonic clock.</summary>
/// <remarks>
/// The clock continues while the process is frozen and needs no timer, so it is correct after a pause. Start it before sending the claim's
/// statement, so that it never ends later than the lease in the database.
/// </remarks>
public sealed class LeaseClock
{
    /// <summary>For sending without a claim.</summary>
    public static readonly LeaseClock Endless = new(TimeProvider.System, 0, TimeSpan.MaxValue);

    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly TimeSpan _length;

    private LeaseClock(TimeProvider time, long start, TimeSpan length)
    {
        _time = time;
        _start = start;
        _length = length;
    }

    /// <summary>The remaining time; zero once it is over.</summary>
    public TimeSpan Left => _length - _time.GetElapsedTime(_start) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <summary>Nothing may be sent under this claim any more.</summary>
    public bool IsOver => Left == TimeSpan.Zero;

    /// <summary>A clock that starts now.</summary>
    public static LeaseClock Start(TimeProvider time, TimeSpan length) => Since(time, time.GetTimestamp(), length);

    /// <summary>A clock that started at this timestamp of the same provider.</summary>
    public static LeaseClock Since(TimeProvider time, long timestamp, TimeSpan length) => new(time, timestamp, length);

    /// <summary>The same start with an earlier end, for example the OTP's remaining lifetime.</summary>
    public LeaseClock EndedAfter(TimeSpan length) => length < _length ? new(_time, _start, length) : this;

    /// <summary>The time for one call that starts now: the call's time-out, or the rest of the claim if shorter.</summary>
    public LeaseClock ForCall(TimeSpan timeout) => Start(_time, timeout < Left ? timeout : Left);
}
