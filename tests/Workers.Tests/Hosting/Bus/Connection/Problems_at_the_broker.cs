using Microsoft.Extensions.Time.Testing;
using OtpPipeline.Hosting.Bus.Connection;

namespace OtpPipeline.Workers.Tests.Hosting.Bus.Connection;

public sealed class Problems_at_the_broker
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Are_shown_for_a_minute_and_logged_once()
    {
        var problems = new BrokerProblems(_time);

        problems.Report("The queue a was missing.").ShouldBeTrue();
        _time.Advance(TimeSpan.FromSeconds(30));
        problems.Report("The queue a was missing.").ShouldBeFalse();
        problems.Report("The queue b was missing.").ShouldBeTrue();
        _time.Advance(TimeSpan.FromSeconds(59));
        problems.Current.ShouldBe(["The queue a was missing.", "The queue b was missing."], ignoreOrder: true);
        _time.Advance(TimeSpan.FromSeconds(1));

        problems.Current.ShouldBeEmpty();
        problems.Report("The queue a was missing.").ShouldBeTrue();
    }

    [Fact]
    public void Are_shown_as_long_as_the_broker_blocks_publishers()
    {
        var problems = new BrokerProblems(_time) { BlockedReason = "low on memory" };

        _time.Advance(TimeSpan.FromHours(1));
        problems.Current.ShouldBe(["The broker blocks publishers (low on memory); messages wait in the outbox."]);
        problems.BlockedReason = null;

        problems.Current.ShouldBeEmpty();
    }
}
