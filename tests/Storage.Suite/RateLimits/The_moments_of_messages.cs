using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.RateLimits;

namespace OtpPipeline.Storage.Suite.RateLimits;

public sealed class The_moments_of_messages(SuiteHost host) : StorageSpec(host)
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(10);
    private readonly string _provider = $"p-{Guid.NewGuid():N}";

    [Fact]
    public async Task Are_leased_to_one_process_each()
    {
        var before = await Process.ClockAsync();

        var waits = await RaceAsync(4, p => LeaseAsync(p, lead: TimeSpan.Zero), each: 5);

        // They lie end to end, so that the line is taken for twenty of them.
        (await NextAsync()).ShouldBeGreaterThanOrEqualTo(before + (20 * Length));
        waits.Order().Index().ShouldAllBe(w => w.Item <= w.Index * Length);
    }

    [Fact]
    public async Task Begin_no_earlier_than_the_message_can_go_out()
    {
        var lead = TimeSpan.FromMinutes(1);
        var before = await Process.ClockAsync();

        (await LeaseAsync(Process, lead)).ShouldBeLessThanOrEqualTo(lead);

        (await NextAsync()).ShouldBeGreaterThanOrEqualTo(before + lead + Length);
    }

    private Task<TimeSpan> LeaseAsync(SuiteProcess process, TimeSpan lead) =>
        process.Get<IMessageSlotStore>().LeaseAsync(_provider, Length, lead, CancellationToken.None);

    private Task<DateTime> NextAsync() =>
        Process.QueryAsync(db => db.Set<ProviderRate>().Where(r => r.Provider == _provider).Select(r => r.NextAt).SingleAsync());
}
