using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.RateLimits;
using OtpPipeline.Workers.Providers.Reservations;

namespace OtpPipeline.Workers.Tests.Providers.Reservations;

public sealed class A_provider_that_rests
{
    private static readonly DeliveryRoute InOrder = new(new() { Name = "r", Providers = { "a", "b" } });
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Gets_nothing_as_long_as_it_asks()
    {
        var reservations = Create();
        await RestAsync(reservations, TimeSpan.FromSeconds(7));

        (await ProviderAsync(reservations)).ShouldBe("b");
        _time.Advance(TimeSpan.FromSeconds(7));
        (await ProviderAsync(reservations)).ShouldBe("a");
    }

    [Fact]
    public async Task Gets_messages_again_once_it_accepts_one_that_began_since()
    {
        var reservations = Create();
        using var before = await PlaceAsync(reservations);
        _time.Advance(TimeSpan.FromSeconds(1));
        await RestAsync(reservations, TimeSpan.FromMinutes(5));
        before.Report(new SendOutcome.Accepted(null));
        (await ProviderAsync(reservations)).ShouldBe("b");

        var state = reservations.States["a"];
        state.Report(new SendOutcome.Accepted(null), isProbe: false, state.Began());

        (await ProviderAsync(reservations)).ShouldBe("a");
    }

    [Theory]
    [InlineData(false, null, true)]
    [InlineData(false, 7, false)]
    [InlineData(true, null, false)]
    public async Task Gets_messages_again_when_an_operator_resumes_it(bool paused, int? weight, bool ends)
    {
        var reservations = Create();
        var state = reservations.States["a"];
        state.Set((false, null, DateTime.UnixEpoch));
        await RestAsync(reservations, TimeSpan.FromMinutes(5));
        state.Set((false, null, DateTime.UnixEpoch));
        (await ProviderAsync(reservations)).ShouldBe("b", "nothing was set since");

        state.Set((paused, weight, DateTime.UnixEpoch.AddSeconds(1)));

        (await ProviderAsync(reservations)).ShouldBe(ends ? "a" : "b");
    }

    private static async Task<ProviderPlace> PlaceAsync(ProviderReservations reservations) =>
        (await reservations.ReserveAsync(InOrder, "", 1000)).Place.ShouldNotBeNull();

    private static async Task<string> ProviderAsync(ProviderReservations reservations)
    {
        using var place = await PlaceAsync(reservations);
        return place.Provider;
    }

    private static async Task RestAsync(ProviderReservations reservations, TimeSpan wanted)
    {
        using var place = await PlaceAsync(reservations);
        place.Report(new SendOutcome.Throttled("throttled", wanted));
    }

    private ProviderReservations Create() =>
        new([new("a"), new("b")], new NoLimit(), _time, NullLogger<ProviderReservations>.Instance);

    private sealed class NoLimit : IMessageSlotStore
    {
        public Task<TimeSpan> LeaseAsync(string provider, TimeSpan length, TimeSpan lead, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("No provider has a limit per second.");
    }
}
