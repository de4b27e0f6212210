namespace OtpPipeline.Api.Dialects.Perfumerlabs;

/// <summary>Wrong passwords at GET /target in the last minute: it finds any recipient, so guessing there is worth more than at a check.</summary>
internal sealed class TargetMisses(TimeProvider time)
{
    private const int Limit = 20;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private readonly LinkedList<long> _misses = [];

    /// <summary>Counts a miss before it is known to be one, so that guesses side by side are counted too; null where there were too many.</summary>
    public LinkedListNode<long>? Reserve(out TimeSpan wait)
    {
        lock (_lock)
        {
            while (_misses.First is { } oldest && time.GetElapsedTime(oldest.Value) >= Window)
            {
                _misses.RemoveFirst();
            }

            wait = _misses.Count < Limit ? TimeSpan.Zero : Window - time.GetElapsedTime(_misses.First!.Value);
            return _misses.Count < Limit ? _misses.AddLast(time.GetTimestamp()) : null;
        }
    }

    /// <summary>It was none.</summary>
    public void Release(LinkedListNode<long> miss)
    {
        lock (_lock)
        {
            if (miss.List is not null)
            {
                _misses.Remove(miss);
            }
        }
    }
}
