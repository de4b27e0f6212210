using OtpPipeline.Core.RateLimits;

namespace OtpPipeline.Storage.Suite.RateLimits;

/// <summary>Permits of a minute that a test must not span: it begins anew where the minute ended meanwhile.</summary>
public sealed class Permits_for_requests(SuiteHost host) : StorageSpec(host)
{
    [Fact]
    public Task Never_exceed_the_limit_over_all_processes() => WithinAMinuteAsync(async () =>
    {
        var application = Guid.CreateVersion7();

        var leases = await RaceAsync(4, p => LeaseAsync(p, new PermitRequest(application, Allowed: 40, Wanted: 5)), each: 25);

        return [.. leases.SelectMany(l => l)];
    }, leases =>
    {
        leases.Sum(l => l.Granted).ShouldBe(40);
        leases.Max(l => l.Leased).ShouldBe(40);
    });

    [Fact]
    public Task Are_leased_in_parts_so_that_no_process_holds_the_rest() => WithinAMinuteAsync(async () =>
    {
        var application = Guid.CreateVersion7();
        var first = await LeaseAsync(Process, new PermitRequest(application, Allowed: 80, Wanted: 80));
        var second = await LeaseAsync(Process, new PermitRequest(application, Allowed: 80, Wanted: 80));
        return [.. first, .. second];
    }, leases => leases.Select(l => (l.Granted, l.Leased)).ShouldBe([(10, 10), (8, 18)]));

    [Fact]
    public Task Of_several_applications_come_in_the_order_of_the_requests() => WithinAMinuteAsync(async () =>
    {
        PermitRequest[] requests =
            [.. Enumerable.Range(1, 5).Select(i => new PermitRequest(Guid.NewGuid(), Allowed: 800, Wanted: i))];
        return await LeaseAsync(Process, requests);
    }, leases => leases.Select(l => l.Granted).ShouldBe([1, 2, 3, 4, 5]));

    private static Task<IReadOnlyList<PermitLease>> LeaseAsync(SuiteProcess process, params PermitRequest[] requests) =>
        process.Get<IPermitStore>().LeaseAsync(requests, CancellationToken.None);

    private async Task WithinAMinuteAsync(Func<Task<IReadOnlyList<PermitLease>>> lease, Action<IReadOnlyList<PermitLease>> check)
    {
        IReadOnlyList<PermitLease> leases;
        long minute;
        do
        {
            minute = Minute(await Process.ClockAsync());
            leases = await lease();
        }
        while (Minute(await Process.ClockAsync()) != minute);

        check(leases);
        leases.ShouldAllBe(l => l.EndsIn > TimeSpan.Zero && l.EndsIn <= TimeSpan.FromMinutes(1) && l.LeasedBefore == 0);
    }

    private static long Minute(DateTime time) => time.Ticks / TimeSpan.TicksPerMinute;
}
