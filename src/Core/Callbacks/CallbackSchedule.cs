namespace OtpPipeline.Core.Callbacks;

/// <summary>The result of one attempt at a subscriber.</summary>
/// <param name="HttpStatus">Null when no answer came.</param>
/// <param name="Error">Kind of failure when no answer came.</param>
/// <param name="RetryAfter">The pause that the subscriber asked for.</param>
public readonly record struct CallbackResult(int? HttpStatus, string? Error, TimeSpan? RetryAfter)
{
    public bool IsSuccess => HttpStatus is >= 200 and < 300;
}

/// <summary>What follows an attempt.</summary>
/// <param name="Status">The new status.</param>
/// <param name="Reason">Why it is parked.</param>
/// <param name="Delay">Delay until the next attempt, while pending.</param>
public readonly record struct CallbackDecision(CallbackStatus Status, string? Reason, TimeSpan Delay);

/// <summary>Decides when a callback is retried, and when it is parked.</summary>
public static class CallbackSchedule
{
    /// <summary>The longest Retry-After of a subscriber that is obeyed.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(24);

    /// <summary>Pauses grow randomly by up to this share, so that callbacks that failed together are not retried together.</summary>
    public const double Jitter = 0.1;

    /// <summary>The pauses after the first, second, ... failed attempt.</summary>
    public static IReadOnlyList<TimeSpan> Default { get; } =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <param name="result">The attempt's result.</param>
    /// <param name="failures">Failed attempts before this one, since the callback was created or replayed.</param>
    /// <param name="pauses">The schedule.</param>
    /// <param name="random">Random number from 0 to 1.</param>
    public static CallbackDecision Decide(CallbackResult result, int failures, IReadOnlyList<TimeSpan> pauses, double random)
    {
        if (result.IsSuccess)
        {
            return new(CallbackStatus.Delivered, null, TimeSpan.Zero);
        }

        if (result.HttpStatus == 410)
        {
            return new(CallbackStatus.Parked, CallbackReasons.Gone, TimeSpan.Zero);
        }

        if (result.Error is CallbackReasons.AddressRefused)
        {
            return new(CallbackStatus.Parked, CallbackReasons.AddressRefused, TimeSpan.Zero);
        }

        if (failures >= pauses.Count)
        {
            return new(CallbackStatus.Parked, CallbackReasons.Exhausted, TimeSpan.Zero);
        }

        var pause = pauses[failures] * (1 + (Jitter * random));
        var wanted = result.RetryAfter is { } asked && asked > TimeSpan.Zero ? asked : TimeSpan.Zero;
        wanted = wanted > LongestRetryAfter ? LongestRetryAfter : wanted;
        return new(CallbackStatus.Pending, null, pause > wanted ? pause : wanted);
    }
}
