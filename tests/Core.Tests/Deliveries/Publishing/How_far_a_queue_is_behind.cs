using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Deliveries.Publishing;

public class How_far_a_queue_is_behind
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    private readonly FakeTimeProvider _time = new();
    private readonly QueueLag _lag;

    public How_far_a_queue_is_behind() => _lag = new(_time, Options.Create(new DeliveryOptions { LostAfter = Period }));

    [Fact]
    public void Is_unknown_until_something_came_or_nothing_did_for_long_enough()
    {
        _lag.Known().ShouldBeEmpty();
        _time.Advance(Period - TimeSpan.FromTicks(1));
        _lag.From(Channel.Sms).ShouldBeNull();

        Sees(7, Channel.Email);

        _lag.Known().ShouldBe([new(Channel.Email, TimeSpan.FromSeconds(7))]);
        _time.Advance(TimeSpan.FromTicks(1));
        _lag.From(Channel.Sms).ShouldBe(TimeSpan.Zero);
        _lag.Known().Count.ShouldBe(Channels.All.Count);
    }

    [Fact]
    public void Is_the_longest_of_late_whatever_came_after_it()
    {
        Sees(2);
        Sees(40);
        Sees(1);

        _lag.From(Channel.Sms).ShouldBe(TimeSpan.FromSeconds(40));
    }

    [Fact]
    public void Is_forgotten_in_the_second_period_after_it()
    {
        Sees(40);
        _time.Advance(Period);
        Sees(3);
        _lag.From(Channel.Sms).ShouldBe(TimeSpan.FromSeconds(40));

        _time.Advance(Period);
        _lag.From(Channel.Sms).ShouldBe(TimeSpan.FromSeconds(3));

        _time.Advance(Period);
        _lag.From(Channel.Sms).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Is_nothing_after_a_long_silence()
    {
        Sees(40);

        _time.Advance(2 * Period);

        _lag.From(Channel.Sms).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Counts_from_the_last_publication_of_what_was_published_again()
    {
        _lag.Saw(Some.Claimed(TimeSpan.FromSeconds(60), republished: 3));

        _lag.From(Channel.Sms).ShouldBe(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void Is_never_less_than_nothing()
    {
        Sees(-5);

        _lag.From(Channel.Sms).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Is_unknown_while_a_call_is_out_and_for_a_period_after_it()
    {
        _lag.Began(Channel.Call);
        _lag.Began(Channel.Call);
        _time.Advance(3 * Period);
        _lag.From(Channel.Call).ShouldBeNull();
        _lag.From(Channel.Sms).ShouldBe(TimeSpan.Zero);

        _lag.Ended(Channel.Call);
        _time.Advance(Period);
        _lag.From(Channel.Call).ShouldBeNull();

        _lag.Ended(Channel.Call);
        _time.Advance(Period - TimeSpan.FromTicks(1));
        _lag.From(Channel.Call).ShouldBeNull();
        _time.Advance(TimeSpan.FromTicks(1));
        _lag.From(Channel.Call).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Is_unknown_for_a_period_after_nothing_could_come()
    {
        _time.Advance(3 * Period);
        Sees(2, Channel.Call);
        _lag.Blind(Channel.Call);
        _lag.From(Channel.Call).ShouldBeNull();
        _lag.From(Channel.Sms).ShouldBe(TimeSpan.Zero);

        Sees(8, Channel.Call);
        _lag.From(Channel.Call).ShouldBe(TimeSpan.FromSeconds(8));

        _time.Advance(2 * Period);
        _lag.From(Channel.Call).ShouldBe(TimeSpan.Zero);
    }

    private void Sees(int seconds, Channel channel = Channel.Sms) => _lag.Saw(Some.Claimed(TimeSpan.FromSeconds(seconds), channel));
}
