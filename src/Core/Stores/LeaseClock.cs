namespace OtpPipeline.Core.Stores;

/// <summary>How long a claim still holds, by the monotonic clock.</summary>
/// <remarks>
/// The clock runs on while the process is frozen, and no timer has to fire first: whoever asks after a pause gets the truth.
/// Start it before the claim's statement is sent, so that it never ends later than the lease in the database.
/// </remarks>
public sealed class LeaseClock
{
    /// <summary>For what goes out without a claim.</summary>
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

    /// <summary>What is left; zero once it is over.</summary>
    public TimeSpan Left => _length - _time.GetElapsedTime(_start) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <summary>Nothing may go out under this claim any more.</summary>
    public bool IsOver => Left == TimeSpan.Zero;

    /// <summary>A clock that starts now.</summary>
    public static LeaseClock Start(TimeProvider time, TimeSpan length) => Since(time, time.GetTimestamp(), length);

    /// <summary>A clock that started at this timestamp of the same provider.</summary>
    public static LeaseClock Since(TimeProvider time, long timestamp, TimeSpan length) => new(time, timestamp, length);

    /// <summary>The same start, ended no later than this time after it: the remaining life of an OTP, for example.</summary>
    public LeaseClock EndedAfter(TimeSpan length) => length < _length ? new(_time, _start, length) : this;

    /// <summary>The part for one call that starts now: the call's time, or what is left of the claim.</summary>
    public LeaseClock ForCall(TimeSpan timeout) => Start(_time, timeout < Left ? timeout : Left);
}
