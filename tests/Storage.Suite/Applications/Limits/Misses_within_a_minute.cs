using System.Security.Cryptography;
using OtpPipeline.Core.Applications.Limits;

namespace OtpPipeline.Storage.Suite.Applications.Limits;

public sealed class Misses_within_a_minute(SuiteHost host) : StorageSpec(host)
{
    private readonly Guid _application = Guid.CreateVersion7();
    private readonly byte[] _hash = RandomNumberGenerator.GetBytes(32);

    [Fact]
    public async Task Never_exceed_their_limit_over_all_processes()
    {
        var reserved = await RaceAsync(4, ReserveAsync, each: 4);

        reserved.Count(r => r is not null).ShouldBe(5);
        (await ReserveAsync(Process)).ShouldBeNull();
    }

    [Fact]
    public async Task Are_taken_back_one_by_one()
    {
        var reserved = await RaceAsync(5, ReserveAsync);

        await ReleaseAsync(reserved[0]!.Value);
        (await ReserveAsync(Process)).ShouldNotBeNull();
        (await ReserveAsync(Process)).ShouldBeNull();
    }

    [Fact]
    public async Task Of_others_are_counted_for_themselves()
    {
        await RaceAsync(5, ReserveAsync);

        var store = Get<IMissStore>();
        (await store.ReserveAsync(_application, RandomNumberGenerator.GetBytes(32), 1, CancellationToken.None)).ShouldNotBeNull();
        (await store.ReserveAsync(Guid.CreateVersion7(), _hash, 1, CancellationToken.None)).ShouldNotBeNull();
    }

    [Fact]
    public async Task That_were_never_counted_take_nothing_back()
    {
        await RaceAsync(5, ReserveAsync);

        await ReleaseAsync(7);

        (await ReserveAsync(Process)).ShouldBeNull();
    }

    private Task<long?> ReserveAsync(SuiteProcess process) =>
        process.Get<IMissStore>().ReserveAsync(_application, _hash, 5, CancellationToken.None);

    private Task ReleaseAsync(long reserved) => Get<IMissStore>().ReleaseAsync(_application, _hash, reserved, CancellationToken.None);
}
