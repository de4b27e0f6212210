namespace OtpPipeline.Hosting.Bus;

/// <summary>Whether the bus of this process has started, so that committed messages can be published at once.</summary>
/// <remarks>
/// A bus that cannot start, because the broker is unavailable or refuses a queue, counts as started after a while: the database jobs must
/// go on, and the outbox then detects by itself what it cannot send.
/// </remarks>
public sealed class BusReadiness(TimeProvider time)
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private Start? _start;

    public bool IsReady =>
        Volatile.Read(ref _start) is { } start && (start.Task.IsCompleted || time.GetElapsedTime(start.Since) >= Patience);

    internal void Begun(Task start) => Volatile.Write(ref _start, new(start, time.GetTimestamp()));

    private sealed record Start(Task Task, long Since);
}
