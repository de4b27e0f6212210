using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.RateLimits;
using OtpPipeline.Workers.Providers.Reservations;

namespace OtpPipeline.Workers.Tests.Providers.Reservations;

public sealed class Reserving_a_place
{
    private const int Places = 1000;
    private static readonly DeliveryRoute InOrder = new(new() { Name = "r", Providers = { "a", "b" } });
    private readonly FakeTimeProvider _time = new();
    private readonly Line _line = new();

    [Fact]
    public async Task Asks_the_providers_in_their_order_and_each_once_in_a_round()
    {
        var reservations = Create(Limits("a"), Limits("b"));

        (await ProviderAsync(reservations)).ShouldBe("a");
        (await ProviderAsync(reservations, tried: "a")).ShouldBe("b");
        (await ProviderAsync(reservations, tried: "b")).ShouldBe("a");
    }

    [Fact]
    public async Task Goes_on_to_the_next_where_one_has_no_place_and_waits_where_none_has()
    {
        var reservations = Create(Limits("a", concurrency: 1), Limits("b", concurrency: 1));
        using var first = await PlaceAsync(reservations);
        var second = await PlaceAsync(reservations);

        var none = await reservations.ReserveAsync(InOrder, "", Places);
        second.Dispose();

        (first.Provider, second.Provider, none.Place).ShouldBe(("a", "b", null));
        none.Wait.ShouldBeGreaterThan(TimeSpan.Zero);
        (await ProviderAsync(reservations)).ShouldBe("b");
    }

    [Fact]
    public async Task Waits_for_a_provider_that_is_only_full_instead_of_asking_one_again()
    {
        var reservations = Create(Limits("a"), Limits("b", concurrency: 1));
        using var place = await PlaceAsync(reservations, tried: "a");

        (await reservations.ReserveAsync(InOrder, "a", Places)).Place.ShouldBeNull();
    }

    [Fact]
    public async Task Leaves_a_provider_alone_that_fails_and_lets_one_message_try_it_out()
    {
        var reservations = Create(Limits("a"), Limits("b"));
        await FailAsync(reservations, 4);
        (await ProviderAsync(reservations)).ShouldBe("a");
        await FailAsync(reservations, 1);
        (await ProviderAsync(reservations)).ShouldBe("b");
        reservations.Unusable(InOrder).ShouldBe(["a"]);

        _time.Advance(TimeSpan.FromSeconds(5));
        using var probe = await PlaceAsync(reservations);
        (await ProviderAsync(reservations)).ShouldBe("b");
        probe.Report(new SendOutcome.Accepted(null));

        probe.Provider.ShouldBe("a");
        (await ProviderAsync(reservations)).ShouldBe("a");
    }

    [Fact]
    public async Task Waits_twice_as_long_each_time_that_the_one_message_fails_up_to_a_minute()
    {
        var reservations = Create(Limits("a"));
        var alone = DeliveryRoute.Of("r", "a");
        await FailAsync(reservations, 5, alone);
        foreach (var seconds in new[] { 5, 10, 20, 40, 60, 60 })
        {
            (await reservations.ReserveAsync(alone, "", Places)).Wait.ShouldBe(TimeSpan.FromSeconds(seconds));
            _time.Advance(TimeSpan.FromSeconds(seconds));
            await FailAsync(reservations, 1, alone);
        }
    }

    [Fact]
    public async Task Learns_nothing_from_a_message_that_was_not_sent()
    {
        var reservations = Create(Limits("a"), Limits("b"));
        await FailAsync(reservations, 5);
        _time.Advance(TimeSpan.FromSeconds(5));

        (await PlaceAsync(reservations)).Dispose();
        using (var claimOver = await PlaceAsync(reservations))
        {
            claimOver.Provider.ShouldBe("a");
            claimOver.Report(new SendOutcome.NotSent("claim_over"));
        }

        using var probe = await PlaceAsync(reservations);
        (probe.Provider, await ProviderAsync(reservations)).ShouldBe(("a", "b"));
    }

    [Fact]
    public async Task Counts_failures_in_a_row_and_none_of_the_recipients()
    {
        var reservations = Create(Limits("a"));
        var alone = DeliveryRoute.Of("r", "a");
        for (var i = 0; i < 20; i++)
        {
            SendOutcome outcome = i % 5 == 4 ? new SendOutcome.Accepted(null) : new SendOutcome.Unknown("timeout");
            await ReportAsync(reservations, alone, outcome);
            await ReportAsync(reservations, alone, new SendOutcome.Refused("invalid_recipient"));
        }

        (await ProviderAsync(reservations, alone)).ShouldBe("a");
    }

    [Fact]
    public async Task Asks_one_again_in_a_round_where_no_other_works()
    {
        var reservations = Create(Limits("a"), Limits("b"));
        await FailAsync(reservations, 5, DeliveryRoute.Of("r", "b"));

        (await ProviderAsync(reservations, tried: "a")).ShouldBe("a");
    }

    [Fact]
    public async Task Gives_each_provider_its_share_and_none_to_a_weight_of_zero()
    {
        var reservations = Create(Limits("a"), Limits("b"), Limits("c"));
        var shares = new DeliveryRoute(new() { Name = "r", Weights = { ["a"] = 3, ["b"] = 1, ["c"] = 0 } });
        var drawn = new List<string>();
        for (var i = 0; i < 400; i++)
        {
            drawn.Add(await ProviderAsync(reservations, shares));
        }

        drawn.Count(p => p == "a").ShouldBeInRange(240, 360);
        drawn.ShouldNotContain("c");
        (await ProviderAsync(reservations, shares, "a,b")).ShouldBe("c");
    }

    [Fact]
    public async Task Gives_as_many_places_as_it_leased_moments_for()
    {
        var reservations = Create(Limits("a", perSecond: 50));
        var alone = DeliveryRoute.Of("r", "a");

        _line.Open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var asking = Enumerable.Range(0, 8).Select(_ => reservations.ReserveAsync(alone, "", Places).AsTask()).ToList();
        _line.Open.SetResult();
        var places = await Task.WhenAll(asking);

        places.Count(p => p.Place is not null).ShouldBe(5);
        _line.Leased.ShouldBe([TimeSpan.FromSeconds(1.05 / 50) * 5]);
    }

    [Fact]
    public async Task Does_not_use_a_moment_that_has_passed()
    {
        var reservations = Create(Limits("a", perSecond: 50));
        var alone = DeliveryRoute.Of("r", "a");
        (await reservations.ReserveAsync(alone, "", Places)).Place.ShouldNotBeNull();
        _time.Advance(TimeSpan.FromSeconds(1));

        (await reservations.ReserveAsync(alone, "", Places)).Place.ShouldNotBeNull();

        _line.Leased.Count.ShouldBe(2, "the other four moments of the first block are over");
    }

    private static ProviderLimits Limits(string name, int concurrency = 100, int? perSecond = null) =>
        new(name, concurrency, perSecond, BreakerFailures: 5, TimeSpan.FromSeconds(5));

    private static async Task<ProviderPlace> PlaceAsync(ProviderReservations reservations, DeliveryRoute? route = null, string tried = "") =>
        (await reservations.ReserveAsync(route ?? InOrder, tried, Places)).Place.ShouldNotBeNull();

    private static async Task<string> ProviderAsync(ProviderReservations reservations, DeliveryRoute? route = null, string tried = "")
    {
        using var place = await PlaceAsync(reservations, route, tried);
        return place.Provider;
    }

    private static async Task ReportAsync(ProviderReservations reservations, DeliveryRoute route, SendOutcome outcome)
    {
        using var place = await PlaceAsync(reservations, route);
        place.Report(outcome);
    }

    private static async Task FailAsync(ProviderReservations reservations, int times, DeliveryRoute? route = null)
    {
        for (var i = 0; i < times; i++)
        {
            await ReportAsync(reservations, route ?? InOrder, new SendOutcome.ProviderFailed("unavailable"));
        }
    }

    private ProviderReservations Create(params ProviderLimits[] limits) =>
        new(limits, _line, _time, NullLogger<ProviderReservations>.Instance);

    private sealed class Line : IMessageSlotStore
    {
        public List<TimeSpan> Leased { get; } = [];

        public TaskCompletionSource? Open { get; set; }

        public async Task<TimeSpan> LeaseAsync(string provider, TimeSpan length, TimeSpan lead, CancellationToken cancellationToken)
        {
            await (Open?.Task ?? Task.CompletedTask);
            Leased.Add(length);
            return lead;
        }
    }
}
