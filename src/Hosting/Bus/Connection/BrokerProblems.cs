using System.Collections.Concurrent;

namespace OtpPipeline.Hosting.Bus.Connection;

/// <summary>What is wrong at the broker, in sentences for health; one that was mended is shown for a minute more.</summary>
public sealed class BrokerProblems(TimeProvider time)
{
    private static readonly TimeSpan ShownFor = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, long> _seen = new(StringComparer.Ordinal);

    /// <summary>Why there is no connection to the broker; null while there is one.</summary>
    public string? Disconnected { get; set; }

    /// <summary>Why the broker blocks publishers; null while it does not.</summary>
    public string? BlockedReason { get; set; }

    /// <summary>The sentences of the last minute, what still lasts first.</summary>
    public IReadOnlyList<string> Current
    {
        get
        {
            var sentences = new List<string>();
            if (Disconnected is { } failure)
            {
                sentences.Add($"The broker cannot be used ({failure}); messages wait in the outbox.");
            }

            if (BlockedReason is { } reason)
            {
                sentences.Add($"The broker blocks publishers ({reason}); messages wait in the outbox.");
            }

            foreach (var (sentence, at) in _seen.OrderBy(s => s.Value))
            {
                if (time.GetElapsedTime(at) < ShownFor)
                {
                    sentences.Add(sentence);
                }
                else
                {
                    _seen.TryRemove(sentence, out _);
                }
            }

            return sentences;
        }
    }

    /// <summary>True where the sentence is not shown yet.</summary>
    public bool Report(string sentence)
    {
        var isNew = !_seen.TryGetValue(sentence, out var at) || time.GetElapsedTime(at) >= ShownFor;
        _seen[sentence] = time.GetTimestamp();
        return isNew;
    }
}
