using Microsoft.Extensions.Time.Testing;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Workers.Callbacks;

namespace OtpPipeline.Workers.Tests.Callbacks;

public sealed class The_lanes_of_hosts
{
    private static readonly TimeSpan Instantly = TimeSpan.FromMilliseconds(5);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_new_host_gets_one_place_and_many_once_it_answers_quickly()
    {
        var lanes = Lanes(new() { ConcurrencyPerHost = 3 });
        Enter(lanes, "a", 6).ShouldBe([LaneVerdict.Start, LaneVerdict.Wait, LaneVerdict.Wait, LaneVerdict.Wait, LaneVerdict.Wait, LaneVerdict.Wait]);

        lanes.Leave("a", LaneResult.Answered, Instantly).Start.Count.ShouldBe(3);
        lanes.Leave("a", LaneResult.Answered, Instantly).Start.Count.ShouldBe(1);
    }

    [Fact]
    public void A_slow_host_gets_few_places()
    {
        var lanes = Lanes(new() { ConcurrencyPerHost = 32 });
        Enter(lanes, "a", 9);

        lanes.Leave("a", LaneResult.Answered, TimeSpan.FromSeconds(2)).Start.Count.ShouldBe(4);
    }

    [Fact]
    public void Any_number_of_hosts_that_hang_leaves_places_to_one_that_answers()
    {
        var lanes = Lanes(new() { Concurrency = 100, ConcurrencyPerHost = 25 });
        Enter(lanes, "good", 1);
        lanes.Leave("good", LaneResult.Answered, Instantly);

        var dead = Enumerable.Range(0, 1000).Select(i => Enter(lanes, $"dead-{i}", 1).Single()).ToList();

        dead.Count(v => v == LaneVerdict.Start).ShouldBe(75);
        dead.Count(v => v == LaneVerdict.PutBack).ShouldBe(925);
        Enter(lanes, "good", 25).ShouldAllBe(v => v == LaneVerdict.Start);
    }

    [Fact]
    public void A_host_that_does_not_answer_is_left_alone_longer_and_longer_then_tried_once()
    {
        var lanes = Lanes(new() { BreakerFailures = 2, BreakerPause = TimeSpan.FromSeconds(10) });
        Fail(lanes);
        Fail(lanes);
        lanes.Enter("a", 0, out var delay).ShouldBe(LaneVerdict.PutBack);
        delay.ShouldBe(TimeSpan.FromSeconds(10));

        _time.Advance(TimeSpan.FromSeconds(10));
        lanes.Enter("a", 0, out _).ShouldBe(LaneVerdict.Start);
        lanes.Enter("a", 0, out _).ShouldBe(LaneVerdict.PutBack);
        lanes.Leave("a", LaneResult.Failed, Instantly);
        lanes.Enter("a", 0, out delay).ShouldBe(LaneVerdict.PutBack);
        delay.ShouldBe(TimeSpan.FromSeconds(20));

        _time.Advance(TimeSpan.FromSeconds(20));
        Enter(lanes, "a", 1);
        lanes.Leave("a", LaneResult.Answered, Instantly);
        Enter(lanes, "a", 3).ShouldAllBe(v => v == LaneVerdict.Start);
    }

    [Fact]
    public void What_waits_behind_a_failure_goes_back_to_the_table()
    {
        var lanes = Lanes(new());
        Enter(lanes, "a", 4);

        var change = lanes.Leave("a", LaneResult.Failed, Instantly);

        change.Start.ShouldBeEmpty();
        change.PutBack.ShouldBe([1, 2, 3]);
        change.Delay.ShouldBe(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public void What_would_wait_longer_than_its_lease_bears_goes_back_to_the_table()
    {
        var lanes = Lanes(new() { ConcurrencyPerHost = 4 });
        Enter(lanes, "a", 1);
        lanes.Leave("a", LaneResult.Answered, TimeSpan.FromSeconds(4));

        var verdicts = Enter(lanes, "a", 60);

        // Four run, and 20 s of patience are 20 callbacks of 4 s on four places.
        verdicts.Count(v => v == LaneVerdict.Start).ShouldBe(4);
        verdicts.Count(v => v == LaneVerdict.Wait).ShouldBe(20);
        lanes.Enter("a", 0, out var delay).ShouldBe(LaneVerdict.PutBack);
        delay.ShouldBe(TimeSpan.FromSeconds(21));
    }

    [Fact]
    public void Memory_is_bounded_however_many_hosts_there_are()
    {
        var lanes = Lanes(new() { Queue = 100 });
        for (var i = 0; i < 30_000; i++)
        {
            if (Enter(lanes, $"host-{i}", 1).Single() == LaneVerdict.Start)
            {
                lanes.Leave($"host-{i}", LaneResult.Failed, Instantly);
            }
        }

        lanes.Lanes.ShouldBeLessThanOrEqualTo(20_000);
        Enter(lanes, "busy", 500).Count(v => v == LaneVerdict.Wait).ShouldBe(100);
        lanes.HasRoom.ShouldBeFalse();
    }

    [Fact]
    public void After_a_stop_everything_goes_back_to_the_table()
    {
        var lanes = Lanes(new());
        Enter(lanes, "a", 3);

        lanes.Close().ShouldBe([1, 2]);
        lanes.Enter("b", 0, out var delay).ShouldBe(LaneVerdict.PutBack);
        delay.ShouldBe(TimeSpan.Zero);
    }

    private HostLanes<int> Lanes(CallbackOptions options) => new(options, _time);

    private static void Fail(HostLanes<int> lanes)
    {
        lanes.Enter("a", 0, out _).ShouldBe(LaneVerdict.Start);
        lanes.Leave("a", LaneResult.Failed, Instantly);
    }

    private static List<LaneVerdict> Enter(HostLanes<int> lanes, string host, int count) =>
        [.. Enumerable.Range(0, count).Select(i => lanes.Enter(host, i, out _))];
}
