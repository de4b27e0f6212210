using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.RateLimits;
using OtpPipeline.Workers.Providers.Reservations;

namespace OtpPipeline.Workers.Tests.Providers.Reservations;

/// <summary>Of a channel with ten places.</summary>
public sealed class A_provider_that_does_not_answer
{
    private const int Places = 10;
    private static readonly DeliveryRoute Route = new(new() { Name = "r", Providers = { "a", "b" } });
    private readonly FakeTimeProvider _time = new();
    private readonly ProviderReservations _reservations;

    public A_provider_that_does_not_answer() => _reservations = new(
        new[] { "a", "b" }.Select(p => new ProviderLimits(p, BreakerFailures: 5, BreakerPause: TimeSpan.FromSeconds(5))), new NoSlots(),
        _time, NullLogger<ProviderReservations>.Instance);

    [Fact]
    public async Task Gets_half_of_the_places_while_another_one_works()
    {
        var places = await TakeAsync(Places);

        places.Select(p => p.Provider).ShouldBe([.. Enumerable.Repeat("a", 5), .. Enumerable.Repeat("b", 5)]);
    }

    [Fact]
    public async Task Gets_all_of_them_where_no_other_one_works()
    {
        foreach (var place in (await TakeAsync(Places))[5..])
        {
            place.Report(new SendOutcome.ProviderFailed("unavailable"));
            place.Dispose();
        }

        (await TakeAsync(5)).ShouldAllBe(p => p.Provider == "a");
        (await _reservations.ReserveAsync(DeliveryRoute.Of("r", "a"), "", Places)).Place.ShouldNotBeNull("it is alone in its route");
    }

    [Fact]
    public async Task Leaves_the_delivery_waiting_where_the_other_one_has_no_place_either()
    {
        await TakeAsync(Places);

        var none = await _reservations.ReserveAsync(Route, "", Places);

        none.Place.ShouldBeNull();
        none.Wait.ShouldBeGreaterThan(TimeSpan.Zero);
    }

    [Fact]
    public async Task Is_no_provider_with_many_messages_that_answers_them()
    {
        var places = new List<ProviderPlace>();
        for (var i = 0; i < 20; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(40));
            places.AddRange(await TakeAsync(1));
            if (i >= 8)
            {
                Answer(places[i - 8]);
            }
            else if (i % 3 == 2)
            {
                Answer(places[i]);
            }
        }

        places.ShouldAllBe(p => p.Provider == "a");
    }

    [Fact]
    public async Task Is_also_one_that_answers_some_and_leaves_the_others_hanging()
    {
        var providers = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(200));
            var place = (await TakeAsync(1))[0];
            providers.Add(place.Provider);
            if (place.Provider == "b" || i % 2 == 0)
            {
                Answer(place);
            }
        }

        // At the fifteenth message seven hang: four for more than a second, two for less, and one since the last answer.
        providers.ShouldBe([.. Enumerable.Repeat("a", 14), .. Enumerable.Repeat("b", 6)]);
    }

    private static void Answer(ProviderPlace place)
    {
        place.Report(new SendOutcome.Accepted(null));
        place.Dispose();
    }

    private async Task<ProviderPlace[]> TakeAsync(int count)
    {
        var places = new ProviderPlace[count];
        for (var i = 0; i < count; i++)
        {
            places[i] = (await _reservations.ReserveAsync(Route, "", Places)).Place.ShouldNotBeNull();
        }

        return places;
    }

    private sealed class NoSlots : IMessageSlotStore
    {
        public Task<TimeSpan> LeaseAsync(string provider, TimeSpan length, TimeSpan lead, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("No provider has a limit per second.");
    }
}
