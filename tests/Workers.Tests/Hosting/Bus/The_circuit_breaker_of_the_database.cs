using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OtpPipeline.Hosting.Bus;

namespace OtpPipeline.Workers.Tests.Hosting.Bus;

/// <summary>On a real clock, which a test sets back: a break ends by the time that has passed.</summary>
public sealed class The_circuit_breaker_of_the_database : IDisposable
{
    private readonly Host _host = new();
    private readonly SetClock _clock = new();
    private int _probes;

    public void Dispose() => _host.Stopping.Dispose();

    [Fact]
    public async Task Closes_in_time_where_the_hosts_clock_is_set_back_meanwhile()
    {
        var calls = 0;

        var done = Breaker().RunAsync(() =>
        {
            return ++calls <= 2 ? throw new TimeoutException() : Task.FromResult(calls);
        });

        (await done.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).ShouldBe(3);
        _probes.ShouldBe(1);
    }

    [Fact]
    public async Task Lets_work_through_while_the_host_stops_and_gives_it_back_where_it_fails()
    {
        var breaker = Breaker();
        await _host.Stopping.CancelAsync();

        (await breaker.RunAsync(() => Task.FromResult("written"))).ShouldBe("written");
        var calls = 0;
        var started = _clock.GetTimestamp();
        await Should.ThrowAsync<TimeoutException>(() => breaker.RunAsync<int>(() =>
        {
            calls++;
            throw new TimeoutException();
        }));
        calls.ShouldBe(1);

        // A message that came back at once would use up its deliveries until the endpoint stops.
        _clock.GetElapsedTime(started).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(0.9));
    }

    [Fact]
    public async Task Repeats_nothing_that_is_wrong_itself()
    {
        var calls = 0;
        await Should.ThrowAsync<FormatException>(() => Breaker().RunAsync<int>(() =>
        {
            calls++;
            throw new FormatException();
        }));
        calls.ShouldBe(1);
    }

    private DatabaseCircuitBreaker Breaker() => new(
        _ =>
        {
            _probes++;
            return Task.FromResult(true);
        },
        _host,
        _clock,
        _clock);

    private sealed class Host : IHostApplicationLifetime
    {
        public CancellationTokenSource Stopping { get; } = new();

        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => Stopping.Token;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication() => Stopping.Cancel();
    }

    /// <summary>Set back by an hour as soon as the breaker logs that it is open.</summary>
    private sealed class SetClock : TimeProvider, ILogger<DatabaseCircuitBreaker>
    {
        private TimeSpan _offset;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _offset;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _offset = TimeSpan.FromHours(-1);

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;
    }
}
