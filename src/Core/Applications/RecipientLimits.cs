using OtpPipeline.Core.Otps;

namespace OtpPipeline.Core.Applications;

/// <summary>The limits of one recipient of one application. Pure: the history is locked, the time is the database's.</summary>
public static class RecipientLimits
{
    private const long Hour = 3_600_000;
    private const long Day = 24 * Hour;

    /// <summary>Counts one more request in, or says why not. A refused request is not counted.</summary>
    public static Refusal? Admit(RecipientHistory history, ApplicationLimits limits, DateTime now)
    {
        if (CoolingOff(history, now) is { } cooling)
        {
            return cooling;
        }

        // The database's times are UTC, whatever kind its driver gives them.
        var ms = new DateTimeOffset(now.Ticks, TimeSpan.Zero).ToUnixTimeMilliseconds();
        var day = history.Sends.Where(t => t > ms - Day).ToArray();
        if (day.Length > 0 && day[^1] + (limits.RetryPeriod * 1000L) - ms is > 0 and var pause)
        {
            return Refusals.TooSoon(TimeSpan.FromMilliseconds(pause));
        }

        var hourWait = day.Count(t => t > ms - Hour) >= limits.SendsPerHour ? day[^limits.SendsPerHour] + Hour - ms : 0;
        var dayWait = day.Length >= limits.SendsPerDay ? day[^limits.SendsPerDay] + Day - ms : 0;
        if (hourWait > 0 || dayWait > 0)
        {
            // Both windows must have room again.
            return Refusals.TooManySends(dayWait > hourWait ? "day" : "hour", TimeSpan.FromMilliseconds(Math.Max(hourWait, dayWait)));
        }

        history.Sends = [.. day, ms];
        return null;
    }

    /// <summary>Whether the recipient rests after too many wrong guesses.</summary>
    public static Refusal? CoolingOff(RecipientHistory history, DateTime now) =>
        history.CoolOffUntil is { } until && until > now ? Refusals.CoolingOff(until - now) : null;

    /// <summary>One more wrong guess in a row; the last allowed one starts the cool-off, after which counting begins anew.</summary>
    public static void CountFailedGuess(RecipientHistory history, ApplicationLimits limits, DateTime now)
    {
        history.FailedGuesses++;
        if (history.FailedGuesses >= limits.FailedGuesses)
        {
            history.FailedGuesses = 0;
            history.CoolOffUntil = now + limits.CoolOff;
        }
    }
}
