namespace OtpPipeline.Workers.Tests.Support;

/// <summary>The clock of a process that is frozen for a while: its monotonic time goes on, and no timer fires early.</summary>
internal sealed class FrozenTime : TimeProvider
{
    private long _frozen;

    public override long GetTimestamp() => base.GetTimestamp() + Volatile.Read(ref _frozen);

    /// <summary>As after SIGSTOP and SIGCONT.</summary>
    public void Freeze(TimeSpan length) => Interlocked.Add(ref _frozen, (long)(length.TotalSeconds * TimestampFrequency));
}
