using System.Text;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Deliveries.Providers;

namespace OtpPipeline.Storage.Suite.Deliveries.Providers;

public sealed class What_operators_and_workers_tell_each_other(SuiteHost host) : StorageSpec(host)
{
    private readonly string _provider = $"p-{Guid.NewGuid():N}";
    private readonly Guid _worker = Guid.CreateVersion7();

    private IProviderStore Store => Get<IProviderStore>();

    [Fact]
    public async Task Settings_reach_the_workers()
    {
        await Store.PauseAsync(_provider, paused: true, CancellationToken.None);
        await Store.WeighAsync(_provider, 7, CancellationToken.None);
        (await SettingAsync()).ShouldBe((true, 7));

        await Store.PauseAsync(_provider, paused: false, CancellationToken.None);
        await Store.WeighAsync(_provider, null, CancellationToken.None);
        (await SettingAsync()).ShouldBe((false, null));
    }

    [Fact]
    public async Task Readings_replace_those_before_and_are_forgotten_after_a_minute()
    {
        var old = Guid.CreateVersion7();
        await TellAsync(old, "old");
        await TellAsync(_worker, "first");
        await TellAsync(_worker, "second");
        (await ReadingsAsync()).ShouldBe(["old", "second"], ignoreOrder: true);
        var past = (await Process.ClockAsync()).AddMinutes(-2);
        await Process.QueryAsync(db => db.Set<ProviderReport>().Where(r => r.ProcessId == old)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.ReportedAt, past)));

        await TellAsync(_worker, "third");

        (await ReadingsAsync()).ShouldBe(["third"]);
    }

    [Fact]
    public async Task A_test_is_run_by_one_of_the_workers_that_have_its_provider()
    {
        var testId = Guid.CreateVersion7();
        var message = Encoding.UTF8.GetBytes("encrypted");
        await Store.RequestTestAsync(testId, _provider, message, CancellationToken.None);
        (await Store.ExchangeAsync(_worker, Readings("of another provider", "another"), CancellationToken.None)).Tests.ShouldBeEmpty();

        var news = await RaceAsync(
            4, p => p.Get<IProviderStore>().ExchangeAsync(Guid.CreateVersion7(), Readings("a reading"), CancellationToken.None));

        var (id, provider, body) = news.SelectMany(n => n.Tests).ShouldHaveSingleItem();
        (id, provider).ShouldBe((testId, _provider));
        body.ShouldBe(message);
        await Store.AnswerAsync(testId, "result", CancellationToken.None);
        (await TestsAsync(testId)).ShouldHaveSingleItem().Result.ShouldBe("result");
    }

    [Fact]
    public async Task A_test_that_nobody_waits_for_is_not_run()
    {
        var testId = Guid.CreateVersion7();
        await Store.RequestTestAsync(testId, _provider, [1], CancellationToken.None);
        await Store.ForgetTestAsync(testId, CancellationToken.None);
        var late = new ProviderTest
        {
            Id = Guid.CreateVersion7(), Provider = _provider, Message = [1], CreatedAt = (await Process.ClockAsync()).AddSeconds(-10),
        };
        await Process.AddAsync(late);

        (await TellAsync(_worker, "reading")).Tests.ShouldBeEmpty();

        (await TestsAsync(testId)).ShouldBeEmpty();
    }

    private Dictionary<string, string> Readings(string reading, string? provider = null) =>
        new(StringComparer.Ordinal) { [provider ?? _provider] = reading };

    private Task<ProviderNews> TellAsync(Guid worker, string reading) =>
        Store.ExchangeAsync(worker, Readings(reading), CancellationToken.None);

    private async Task<(bool Paused, int? Weight)> SettingAsync()
    {
        var setting = (await TellAsync(_worker, "reading")).Settings[_provider];
        return (setting.Paused, setting.Weight);
    }

    private Task<List<string>> ReadingsAsync() =>
        Process.QueryAsync(db => db.Set<ProviderReport>().Where(r => r.Provider == _provider).Select(r => r.Reading).ToListAsync());

    private Task<List<ProviderTest>> TestsAsync(Guid id) =>
        Process.QueryAsync(db => db.Set<ProviderTest>().AsNoTracking().Where(t => t.Id == id).ToListAsync());
}
