using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.RateLimits;
using OtpPipeline.Workers.Providers.Reservations;

namespace OtpPipeline.Workers.Tests.Providers.Reservations;

/// <summary>Two processes that always have messages, over one line of moments, in simulated time.</summary>
public sealed class A_limit_per_second
{
    private const int Places = 100;
    private static readonly DeliveryRoute Route = DeliveryRoute.Of("r", "a");
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(50)]
    [InlineData(7)]
    [InlineData(1)]
    public async Task Is_used_to_95_percent_and_never_exceeded_in_any_second(int perSecond)
    {
        // Without a context of its own, so that whatever a moment ends has run when the time stands still again.
        var sent = await Task.Run(() => SimulateAsync(perSecond, seconds: 20));

        var most = sent.Select((at, i) => sent.Skip(i).TakeWhile(m => m - at < TimeSpan.FromSeconds(1)).Count()).Max();
        most.ShouldBeLessThanOrEqualTo(perSecond);
        sent.Count.ShouldBeGreaterThanOrEqualTo((int)(0.95 * perSecond * 19), "the last second is not over for all");
    }

    [Fact]
    public async Task Gives_a_message_that_was_held_up_another_moment()
    {
        using var place = (await Create(1, new Line(_time)).ReserveAsync(Route, "", Places)).Place.ShouldNotBeNull();
        var first = place.WaitAsync(null, CancellationToken.None).AsTask();
        await PassAsync(first);
        var meant = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromMilliseconds(21));

        await PassAsync(place.WaitAsync(null, CancellationToken.None).AsTask());

        _time.GetElapsedTime(meant).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Claims_nothing_for_a_moment_that_is_far_ahead()
    {
        var process = Create(1, new Line(_time));
        var places = 0;
        while ((await process.ReserveAsync(Route, "", Places)).Place is not null)
        {
            places++;
        }

        places.ShouldBe(1, "the next one is more than a second ahead");
    }

    /// <summary>The moments of all messages; each wakes up to 15 ms late.</summary>
    private async Task<List<TimeSpan>> SimulateAsync(int perSecond, int seconds)
    {
        var line = new Line(_time);
        var processes = new[] { 0, 1 }.Select(_ => (Reservations: Create(perSecond, line), Waiting: new List<Task>())).ToArray();
        var sent = new List<TimeSpan>();
        var start = _time.GetTimestamp();
        for (var step = 0; step < seconds * 1000; step++)
        {
            foreach (var (reservations, waiting) in processes)
            {
                waiting.RemoveAll(w => w.IsCompleted);
                while (waiting.Count < 30 && (await reservations.ReserveAsync(Route, "", Places)).Place is { } place)
                {
                    var late = TimeSpan.FromMilliseconds(sent.Count % 4 * 5);
                    waiting.Add(SendAsync(place, late, () => sent.Add(_time.GetElapsedTime(start))));
                }
            }

            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        return sent;
    }

    private async Task SendAsync(ProviderPlace place, TimeSpan late, Action send)
    {
        using (place)
        {
            await place.WaitAsync(null, CancellationToken.None);
            await Task.Delay(late, _time);
            await place.WaitAsync(null, CancellationToken.None);
            send();
        }
    }

    private async Task PassAsync(Task message)
    {
        while (!message.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(5));
            await Task.Yield();
        }
    }

    private ProviderReservations Create(int perSecond, Line line) => new(
        [new("a", MessagesPerSecond: perSecond)], line, _time, NullLogger<ProviderReservations>.Instance);

    /// <summary>The row that all processes share.</summary>
    private sealed class Line(TimeProvider time) : IMessageSlotStore
    {
        private readonly Lock _lock = new();
        private readonly long _start = time.GetTimestamp();
        private TimeSpan _next;

        public Task<TimeSpan> LeaseAsync(string provider, TimeSpan length, TimeSpan lead, CancellationToken cancellationToken)
        {
            lock (_lock)
            {
                var now = time.GetElapsedTime(_start);
                _next = (_next > now + lead ? _next : now + lead) + length;
                return Task.FromResult(_next - length - now);
            }
        }
    }
}
