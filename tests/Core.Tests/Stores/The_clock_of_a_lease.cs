using Microsoft.Extensions.Time.Testing;
using OtpPipeline.Core.Stores;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Stores;

public class The_clock_of_a_lease
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Is_over_when_its_time_has_passed_though_no_timer_ran()
    {
        var lease = LeaseClock.Start(_time, TimeSpan.FromSeconds(30));
        lease.Left.ShouldBe(TimeSpan.FromSeconds(30));

        _time.Advance(TimeSpan.FromSeconds(29));
        lease.Left.ShouldBe(TimeSpan.FromSeconds(1));
        lease.IsOver.ShouldBeFalse();

        _time.Advance(TimeSpan.FromSeconds(11));
        lease.Left.ShouldBe(TimeSpan.Zero);
        lease.IsOver.ShouldBeTrue();
    }

    [Fact]
    public void Can_be_ended_earlier_and_never_later()
    {
        var lease = LeaseClock.Start(_time, TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromSeconds(5));

        lease.EndedAfter(TimeSpan.FromSeconds(12)).Left.ShouldBe(TimeSpan.FromSeconds(7));
        lease.EndedAfter(TimeSpan.FromSeconds(40)).Left.ShouldBe(TimeSpan.FromSeconds(25));
        lease.EndedAfter(TimeSpan.FromSeconds(-1)).IsOver.ShouldBeTrue();
    }

    [Theory]
    [InlineData(10, 10)]
    [InlineData(25, 20)]
    public void Gives_a_call_its_time_or_what_is_left(int timeout, int left)
    {
        var lease = LeaseClock.Start(_time, TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromSeconds(10));

        lease.ForCall(TimeSpan.FromSeconds(timeout)).Left.ShouldBe(TimeSpan.FromSeconds(left));
    }
}
