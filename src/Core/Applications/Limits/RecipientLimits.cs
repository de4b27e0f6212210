using OtpPipeline.Core.Errors;

namespace OtpPipeline.Core.Applications.Limits;

/// <summary>The limits of one recipient of one application. Pure: the history is locked, the time is the database's.</summary>
public static class RecipientLimits
{
    private const long Minute = 60_000;
    private const long Hour = 60 * Minute;
    private const long Day = 24 * Hour;

    /// <summary>Counts a request, or returns why it is refused. A refused request is not counted.</summary>
    /// <param name="history">The recipient's history.</param>
    /// <param name="limits">The application's limits.</param>
    /// <param name="now">The database's clock.</param>
    /// <param name="retryPeriod">Seconds between two sends; null for the limits' value.</param>
    public static OtpError? Admit(RecipientHistory history, ApplicationLimits limits, DateTime now, int? retryPeriod = null)
    {
        if (CoolingOff(history, now) is { } cooling)
        {
            return cooling;
        }

        var ms = Milliseconds(now);
        var day = history.Sends.Where(t => t > ms - Day).ToArray();
        if (day.Length > 0 && day[^1] + ((retryPeriod ?? limits.RetryPeriod) * 1000L) - ms is > 0 and var pause)
        {
            return OtpErrors.TooSoon(TimeSpan.FromMilliseconds(pause));
        }

        var hourWait = day.Count(t => t > ms - Hour) >= limits.SendsPerHour ? day[^limits.SendsPerHour] + Hour - ms : 0;
        var dayWait = day.Length >= limits.SendsPerDay ? day[^limits.SendsPerDay] + Day - ms : 0;
        if (hourWait > 0 || dayWait > 0)
        {
            // Both windows must have capacity again.
            var wait = TimeSpan.FromMilliseconds(Math.Max(hourWait, dayWait));
            return dayWait > hourWait ? OtpErrors.TooManyInADay(wait) : OtpErrors.TooManyInAnHour(wait);
        }

        history.Sends = [.. day, ms];
        return null;
    }

    /// <summary>Why counted sends take no further send; null when each window has capacity.</summary>
    public static OtpError? Full(RecipientHistory history, CountedSends counted, DateTime now)
    {
        var ms = Milliseconds(now);
        var wait = counted.Windows.Max(
            w => history.Sends.Count(t => t > ms - (w.Minutes * Minute)) < w.Rate ? 0 : history.Sends[^w.Rate] + (w.Minutes * Minute) - ms);
        return wait > 0 ? counted.Error with { RetryAfter = TimeSpan.FromMilliseconds(wait) } : null;
    }

    /// <summary>Counts a send, and drops sends older than every window.</summary>
    public static void Count(RecipientHistory history, CountedSends counted, DateTime now)
    {
        var ms = Milliseconds(now);
        var longest = counted.Windows.Max(w => w.Minutes) * Minute;
        history.Sends = [.. history.Sends.Where(t => t > ms - longest), ms];
    }

    /// <summary>Returns the error while the recipient cools off after too many wrong guesses.</summary>
    public static OtpError? CoolingOff(RecipientHistory history, DateTime now) =>
        history.CoolOffUntil is { } until && until > now ? OtpErrors.CoolingOff(until - now) : null;

    /// <summary>Counts a wrong guess; the last allowed one starts the cool-off and resets the count.</summary>
    public static void CountFailedGuess(RecipientHistory history, ApplicationLimits limits, DateTime now)
    {
        history.FailedGuesses++;
        if (history.FailedGuesses >= limits.FailedGuesses)
        {
            history.FailedGuesses = 0;
            history.CoolOffUntil = now + limits.CoolOff;
        }
    }

    // The database's times are UTC, although its driver may set another kind.
    private static long Milliseconds(DateTime now) => new DateTimeOffset(now.Ticks, TimeSpan.Zero).ToUnixTimeMilliseconds();
}
