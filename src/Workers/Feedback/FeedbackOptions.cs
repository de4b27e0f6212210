using System.ComponentModel.DataAnnotations;

namespace OtpPipeline.Workers.Feedback;

/// <summary>Section <c>Feedback</c>: what providers are told of the end of OTPs.</summary>
public sealed class FeedbackOptions : IValidatableObject
{
    public const string Section = "Feedback";

    private const int MostPauses = 30;
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private static readonly IReadOnlyList<TimeSpan> Default =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1),
    ];

    /// <summary>Concurrent calls of this process. 1 to 100; default 8.</summary>
    [Range(1, 100)]
    public int Concurrency { get; set; } = 8;

    /// <summary>Pauses after the first, second, ... failed attempt; an attempt after the last pause is the last one.</summary>
    /// <remarks>At most 30 pauses of 10 ms to 1 day. Empty means 5 s, 30 s, 2 min, 10 min, 1 h.</remarks>
    public IList<TimeSpan> RetryAfter { get; init; } = [];

    /// <summary>The schedule in use.</summary>
    public IReadOnlyList<TimeSpan> Pauses => field ??= RetryAfter.Count > 0 ? [.. RetryAfter] : Default;

    /// <summary>The pause after this attempt, or a longer one that the provider asked for; null after the last attempt.</summary>
    public TimeSpan? PauseAfter(int attempt, TimeSpan? asked)
    {
        if (attempt > Pauses.Count)
        {
            return null;
        }

        var pause = Pauses[Math.Max(attempt, 1) - 1];
        return asked is not { } wait || wait < pause ? pause : wait < Longest ? wait : Longest;
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (RetryAfter.Count > MostPauses || RetryAfter.Any(p => p < Shortest || p > Longest))
        {
            yield return new($"{Section}:RetryAfter must have at most {MostPauses} pauses of 10 ms to 1 day.");
        }
    }
}
