namespace OtpPipeline.Workers.Providers.Reservations;

/// <summary>The messages under way at one provider. Not thread-safe; the time is given.</summary>
internal sealed class RunningMessages
{
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);
    private readonly LinkedList<TimeSpan> _began = [];
    private TimeSpan? _answered;

    public int Count => _began.Count;

    /// <summary>Adds a message that begins now; the result removes it.</summary>
    public LinkedListNode<TimeSpan> Begin(TimeSpan now) => _began.AddLast(now);

    public void End(LinkedListNode<TimeSpan> message) => _began.Remove(message);

    /// <summary>The provider answered one of them.</summary>
    public void Answered(TimeSpan now) => _answered = now;

    /// <summary>Messages that began after the provider's last answer, or have waited for more than a second.</summary>
    /// <remarks>They are few at a provider that works, whatever its load, and all of them at one that hangs.</remarks>
    public int Unanswered(TimeSpan now) => _began.Count(b => _answered is not { } at || b >= at || now - b > Slow);
}
