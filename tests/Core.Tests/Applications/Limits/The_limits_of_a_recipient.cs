using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Applications.Limits;

public class The_limits_of_a_recipient
{
    private static readonly ApplicationLimits Limits =
        new() { SendsPerHour = 2, SendsPerDay = 3, FailedGuesses = 3, CoolOff = TimeSpan.FromMinutes(10) };
    private readonly RecipientHistory _history = Some.History();

    [Fact]
    public void Slide_with_the_hour_to_the_millisecond()
    {
        Admit(0);
        Admit(1_000);

        Refused(2_000).ShouldBe(("hour", TimeSpan.FromMilliseconds(3_600_000 - 2_000)));
        Refused(3_599_999).ShouldBe(("hour", TimeSpan.FromMilliseconds(1)));
        Admit(3_600_000);
    }

    [Fact]
    public void Slide_with_the_day_to_the_millisecond()
    {
        const int Day = 86_400_000;
        Admit(0);
        Admit(4_000_000);
        Admit(8_000_000);

        Refused(50_000_000).ShouldBe(("day", TimeSpan.FromMilliseconds(Day - 50_000_000)));
        Refused(Day - 1).ShouldBe(("day", TimeSpan.FromMilliseconds(1)));
        Admit(Day);
        _history.Sends.Length.ShouldBe(3);
    }

    [Fact]
    public void Do_not_count_what_they_refused()
    {
        Admit(0);
        Admit(0);
        for (var i = 0; i < 10; i++)
        {
            Refused(1_000);
        }

        _history.Sends.Length.ShouldBe(2);
    }

    [Fact]
    public void Name_the_window_that_holds_longest()
    {
        Admit(0);
        Admit(10_000_000);
        Admit(10_000_001);

        Refused(10_000_002).ShouldBe(("day", TimeSpan.FromMilliseconds(86_400_000 - 10_000_002)));
    }

    [Fact]
    public void Hold_by_the_newest_sends_after_they_were_lowered()
    {
        _history.Sends = [.. Enumerable.Range(0, 10).Select(i => Ms(i * 60_000))];

        Refused(600_000, new() { SendsPerHour = 2, SendsPerDay = 100 }).ShouldBe(
            ("hour", TimeSpan.FromMilliseconds(3_600_000 + (8 * 60_000) - 600_000)));
    }

    [Fact]
    public void Read_a_time_without_kind_as_UTC()
    {
        RecipientLimits.Admit(_history, Limits, DateTime.SpecifyKind(Some.Now, DateTimeKind.Unspecified)).ShouldBeNull();

        _history.Sends.ShouldBe([Ms(0)]);
    }

    [Fact]
    public void Start_a_cool_off_with_the_last_allowed_wrong_guess_and_end_it_at_its_instant()
    {
        Guess();
        Guess();
        RecipientLimits.CoolingOff(_history, Some.Now).ShouldBeNull();
        Guess();

        RecipientLimits.CoolingOff(_history, Some.Now)!.RetryAfter.ShouldBe(TimeSpan.FromMinutes(10));
        RecipientLimits.Admit(_history, Limits, Some.Now.AddMinutes(10).AddTicks(-1))!.Code.ShouldBe(2124);
        _history.Sends.ShouldBeEmpty();
        RecipientLimits.CoolingOff(_history, Some.Now.AddMinutes(10)).ShouldBeNull();
        _history.FailedGuesses.ShouldBe(0);
    }

    private static long Ms(long afterStart) => new DateTimeOffset(Some.Now).ToUnixTimeMilliseconds() + afterStart;

    private void Guess() => RecipientLimits.CountFailedGuess(_history, Limits, Some.Now);

    private void Admit(long ms) => RecipientLimits.Admit(_history, Limits, Some.Now.AddMilliseconds(ms)).ShouldBeNull();

    private (string Window, TimeSpan? RetryAfter) Refused(long ms, ApplicationLimits? limits = null)
    {
        var error = RecipientLimits.Admit(_history, limits ?? Limits, Some.Now.AddMilliseconds(ms)).ShouldNotBeNull();
        error.Group.ShouldBe(ErrorKind.RateLimited);
        return (error.Code switch { 2122 => "hour", 2123 => "day", _ => error.Message }, error.RetryAfter);
    }
}
