using System.Collections.Concurrent;

namespace OtpPipeline.Hosting.Bus.Connection;

/// <summary>The broker's problems as sentences for the health report; a solved one stays for one minute.</summary>
public sealed class BrokerProblems(TimeProvider time)
{
    private static readonly TimeSpan ShownFor = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, long> _seen = new(StringComparer.Ordinal);

    /// <summary>Why there is no connection to the broker; null while there is one.</summary>
    public string? Disconnected { get; set; }

    /// <summary>Why the broker blocks publishers; null while it does not.</summary>
    public string? BlockedReason { get; set; }

    /// <summary>The sentences of the last minute; problems that still last come first.</summary>
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

    /// <summary>Adds a sentence; true where it was not shown yet.</summary>
    public bool Report(string sentence)
    {
        var isNew = !_seen.TryGetValue(sentence, out var at) || time.GetElapsedTime(at) >= ShownFor;
        _seen[sentence] = time.GetTimestamp();
        return isNew;
    }
}
