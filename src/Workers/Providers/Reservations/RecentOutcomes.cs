using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Providers;

namespace OtpPipeline.Workers.Providers.Reservations;

/// <summary>The outcomes of a provider's last minute, and its last errors. Not thread-safe.</summary>
internal sealed class RecentOutcomes(TimeProvider time)
{
    private const int MaxErrors = 5;
    private const int Seconds = 60;
    private readonly Queue<(long Second, string Outcome, int Count)> _counts = new();
    private readonly LinkedList<ProviderError> _errors = [];
    private readonly long _start = time.GetTimestamp();
    private readonly Dictionary<string, int> _now = new(StringComparer.Ordinal);
    private long _second;

    private long Second => (long)time.GetElapsedTime(_start).TotalSeconds;

    public IReadOnlyList<ProviderError> Errors => [.. _errors];

    public void Add(SendOutcome outcome)
    {
        Move();
        var word = outcome.Word;
        _now[word] = _now.GetValueOrDefault(word) + 1;
        if (outcome.Cause is { } reason)
        {
            _errors.AddFirst(new ProviderError(time.GetUtcNow().UtcDateTime, word, reason));
            if (_errors.Count > MaxErrors)
            {
                _errors.RemoveLast();
            }
        }
    }

    /// <summary>Counts by outcome; empty without messages.</summary>
    public IReadOnlyDictionary<string, int> LastMinute()
    {
        Move();
        return _counts.Select(c => (c.Outcome, c.Count)).Concat(_now.Select(n => (n.Key, n.Value)))
            .GroupBy(c => c.Item1, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Sum(c => c.Item2), StringComparer.Ordinal);
    }

    private void Move()
    {
        var second = Second;
        if (second != _second)
        {
            foreach (var (outcome, count) in _now)
            {
                _counts.Enqueue((_second, outcome, count));
            }

            _now.Clear();
            _second = second;
        }

        while (_counts.TryPeek(out var oldest) && oldest.Second <= second - Seconds)
        {
            _counts.Dequeue();
        }
    }
}
