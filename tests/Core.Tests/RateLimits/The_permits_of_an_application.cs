using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OtpPipeline.Core.RateLimits;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.RateLimits;

public sealed class The_permits_of_an_application
{
    private static readonly Guid Application = Guid.CreateVersion7();
    private readonly FakeTimeProvider _clock = new();
    private readonly PermitsInMemory _store;

    public The_permits_of_an_application() => _store = new(_clock);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    [InlineData(6000)]
    public async Task Are_as_many_as_the_limit_and_no_more(int limit)
    {
        await using var process = NewProcess();

        var admitted = await TakeAsync(process, limit, limit * 2);

        admitted.Count(a => a.Admitted).ShouldBe(limit);
        admitted[0].Remaining.ShouldBe(limit - 1);
        admitted[^1].ShouldBe(new Admission(Admitted: false, 0, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Cost_round_trips_by_the_limit_and_not_by_the_requests()
    {
        await using var process = NewProcess();

        await TakeAsync(process, 6000, 60_000);

        _store.Leases.ShouldBeLessThan(120);
    }

    [Fact]
    public async Task Are_shared_by_several_processes_whoever_is_busy()
    {
        await using var idle = NewProcess();
        await using var busy = NewProcess();
        await using var busier = NewProcess();

        var one = await TakeAsync(idle, 1000, 1);
        var rest = await Task.WhenAll(Task.Run(() => TakeAsync(busy, 1000, 2000)), Task.Run(() => TakeAsync(busier, 1000, 4000)));

        one.Concat(rest.SelectMany(r => r)).Count(a => a.Admitted).ShouldBeInRange(950, 1000);
    }

    [Fact]
    public async Task Come_anew_with_each_minute_of_the_database()
    {
        await using var process = NewProcess();
        (await TakeAsync(process, 50, 80)).Count(a => a.Admitted).ShouldBe(50);

        _clock.Advance(TimeSpan.FromSeconds(59));
        (await TakeAsync(process, 50, 10)).Count(a => a.Admitted).ShouldBe(0);
        _clock.Advance(TimeSpan.FromSeconds(1));
        (await TakeAsync(process, 50, 80)).Count(a => a.Admitted).ShouldBe(50);
    }

    [Fact]
    public async Task Are_the_share_of_the_process_while_the_database_is_away()
    {
        await using var process = NewProcess();
        await using var other = NewProcess();
        await TakeAsync(process, 1000, 250);
        await TakeAsync(other, 1000, 1000);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await TakeAsync(process, 1000, 1);

        _clock.Advance(TimeSpan.FromMinutes(1));
        _store.Away = true;
        (await TakeAsync(process, 1000, 1000)).Count(a => a.Admitted).ShouldBeInRange(200, 350);

        _clock.Advance(TimeSpan.FromMinutes(1));
        _store.Away = false;
        (await TakeAsync(process, 1000, 1200)).Count(a => a.Admitted).ShouldBe(1000);
    }

    [Fact]
    public async Task Follow_a_limit_that_is_changed()
    {
        await using var process = NewProcess();
        (await TakeAsync(process, 10, 20)).Count(a => a.Admitted).ShouldBe(10);

        (await TakeAsync(process, 30, 40)).Count(a => a.Admitted).ShouldBe(20);
        (await TakeAsync(process, 5, 10)).Count(a => a.Admitted).ShouldBe(0);
    }

    private static async Task<List<Admission>> TakeAsync(DistributedRateLimit process, int limit, int requests)
    {
        var admissions = new List<Admission>(requests);
        for (var i = 0; i < requests; i++)
        {
            admissions.Add(await process.TakeAsync(Application, limit, TestContext.Current.CancellationToken));
        }

        return admissions;
    }

    private DistributedRateLimit NewProcess() => new(_store, _clock, NullLogger<DistributedRateLimit>.Instance);

    /// <summary>The rule of the database's statement, for several processes at once.</summary>
    private sealed class PermitsInMemory(FakeTimeProvider clock) : IPermitStore
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<(Guid Application, long Minute), int> _leased = [];
        private int _leases;

        public int Leases => _leases;

        public bool Away { get; set; }

        public Task<IReadOnlyList<PermitLease>> LeaseAsync(IReadOnlyList<PermitRequest> requests, CancellationToken cancellationToken)
        {
            if (Away)
            {
                throw new TimeoutException();
            }

            lock (_lock)
            {
                _leases++;
                return Task.FromResult<IReadOnlyList<PermitLease>>([.. requests.Select(Lease)]);
            }
        }

        private PermitLease Lease(PermitRequest request)
        {
            var seconds = clock.GetUtcNow().ToUnixTimeSeconds();
            var key = (request.ApplicationId, seconds / 60);
            var leased = _leased.GetValueOrDefault(key);
            var granted = Math.Max(
                0, Math.Min(Math.Min(request.Wanted, request.Allowed - leased), Math.Max(1, (request.Allowed - leased) / 8)));
            _leased[key] = leased + granted;
            return new(
                granted, leased + granted, _leased.GetValueOrDefault((request.ApplicationId, key.Item2 - 1)),
                TimeSpan.FromSeconds(60 - (seconds % 60)));
        }
    }
}
