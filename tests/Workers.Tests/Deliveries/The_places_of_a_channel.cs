using Microsoft.Extensions.Time.Testing;
using OtpPipeline.Workers.Deliveries;

namespace OtpPipeline.Workers.Tests.Deliveries;

public sealed class The_places_of_a_channel
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Are_taken_as_many_as_are_free()
    {
        var places = new ChannelPlaces(4, _time);

        (await places.TakeAsync(3, Second)).ShouldBe(3);
        (await places.TakeAsync(3, Second)).ShouldBe(1);
    }

    [Fact]
    public async Task Are_waited_for_in_turn_by_one_command_after_the_other()
    {
        var places = Full(2);
        var first = places.TakeAsync(5, Second).AsTask();
        var second = places.TakeAsync(5, Second).AsTask();

        places.Leave();
        (await first).ShouldBe(1);
        second.IsCompleted.ShouldBeFalse();
        var again = places.TakeAsync(4, Second).AsTask();
        places.Leave();

        (await second).ShouldBe(1);
        again.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Are_not_waited_for_longer_than_told_and_then_go_to_the_next()
    {
        var places = Full(1);
        var impatient = places.TakeAsync(1, Second / 2).AsTask();
        var patient = places.TakeAsync(1, 5 * Second).AsTask();

        _time.Advance(Second / 2);
        (await impatient).ShouldBe(0);
        places.Leave();

        (await patient).ShouldBe(1);
    }

    [Fact]
    public async Task Are_not_waited_for_once_none_has_got_free_for_a_second()
    {
        var places = Full(2);
        _time.Advance(Second);
        var (first, second) = (places.TakeAsync(1, 5 * Second).AsTask(), places.TakeAsync(1, 5 * Second).AsTask());
        _time.Advance(Second * 0.9);
        places.Leave();
        (await first).ShouldBe(1);

        var waited = TimeSpan.Zero;
        for (; !second.IsCompleted && waited < 5 * Second; waited += Second * 0.1)
        {
            _time.Advance(Second * 0.1);
            for (var i = 0; i < 100 && !second.IsCompleted; i++)
            {
                await Task.Yield();
            }
        }

        (await second).ShouldBe(0);
        waited.ShouldBeGreaterThanOrEqualTo(Second, "a place had got free");
        places.Leave();
        (await places.TakeAsync(1, Second)).ShouldBe(1);
    }

    [Fact]
    public async Task Are_taken_without_a_wait_when_the_time_is_over()
    {
        var places = new ChannelPlaces(1, _time);

        (await places.TakeAsync(2, -Second)).ShouldBe(1);
        (await places.TakeAsync(2, -Second)).ShouldBe(0);
    }

    [Fact]
    public async Task Hold_a_command_that_gave_back_until_one_gets_free_that_no_other_waits_for()
    {
        var places = Full(3);
        var (one, two) = (places.HoldAsync(TimeSpan.FromMinutes(1)), places.HoldAsync(TimeSpan.FromMinutes(1)));
        var waiting = places.TakeAsync(1, Second).AsTask();

        places.Leave();
        (await waiting).ShouldBe(1);
        one.IsCompleted.ShouldBeFalse();
        places.Leave();

        await one;
        two.IsCompleted.ShouldBeFalse();
        places.HoldAsync(TimeSpan.FromMinutes(1)).IsCompleted.ShouldBeTrue("one is free");
    }

    [Fact]
    public async Task Hold_no_command_once_all_are_free_or_its_time_is_over()
    {
        var places = Full(1);
        var late = places.HoldAsync(Second);
        var held = Enumerable.Range(0, 3).Select(_ => places.HoldAsync(TimeSpan.FromMinutes(1))).ToList();

        _time.Advance(Second);
        await late;
        held.ShouldAllBe(h => !h.IsCompleted);
        places.Leave();

        await Task.WhenAll(held);
    }

    [Fact]
    public async Task Are_not_waited_for_in_a_process_that_stops_which_still_uses_those_that_are_free()
    {
        var places = Full(2);
        var waiting = places.TakeAsync(1, Second).AsTask();
        var held = places.HoldAsync(TimeSpan.FromMinutes(1));

        places.Stop();

        (await waiting).ShouldBe(0);
        await held;
        (await places.TakeAsync(1, Second)).ShouldBe(0);
        places.HoldAsync(TimeSpan.FromMinutes(1)).IsCompleted.ShouldBeTrue("nothing is held");
        places.Leave();
        (await places.TakeAsync(1, Second)).ShouldBe(1);
    }

    [Fact]
    public async Task Are_never_more_than_there_are_whoever_comes_and_gives_up()
    {
        const int All = 5;
        var places = new ChannelPlaces(All, TimeProvider.System);
        int underWay = 0, most = 0, done = 0;

        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
        {
            for (var left = 7; left > 0;)
            {
                var taken = await places.TakeAsync(left, TimeSpan.FromMilliseconds(i % 3));
                if (taken > 0)
                {
                    InterlockedMax(ref most, Interlocked.Add(ref underWay, taken));
                    await Task.Yield();
                    Interlocked.Add(ref underWay, -taken);
                    Interlocked.Add(ref done, taken);
                    left -= taken;
                }

                for (var p = 0; p < taken; p++)
                {
                    places.Leave();
                }
            }
        })));

        most.ShouldBeInRange(1, All);
        done.ShouldBe(200 * 7);
        (await places.TakeAsync(100, TimeSpan.Zero)).ShouldBe(All);
    }

    private ChannelPlaces Full(int count)
    {
        var places = new ChannelPlaces(count, _time);
        places.TakeAsync(count, Second).IsCompletedSuccessfully.ShouldBeTrue("they were free");
        return places;
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }
}
