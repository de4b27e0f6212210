using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Receipts.Recording;

namespace OtpPipeline.Api.Tests.Receipts;

/// <summary>On the real database.</summary>
public sealed class Receipts_without_a_delivery
{
    private const int Most = 20;
    private readonly string _provider = $"p-{Guid.CreateVersion7():N}";
    private readonly ApiHost _host;

    public Receipts_without_a_delivery(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Fact]
    public async Task Are_kept_up_to_a_number_by_provider_and_the_oldest_are_dropped_first()
    {
        for (var i = 0; i < Most; i++)
        {
            (await KeepAsync(_provider, i)).ShouldBeEmpty();
        }

        (await KeepAsync("another-" + _provider, 0)).ShouldBeEmpty();
        (await KeepAsync(_provider, Most)).ShouldBe([new(_provider, 3)]);

        (await KeptAsync()).ShouldBe(Enumerable.Range(3, 18), ignoreOrder: true);
        (await KeepAsync(_provider, Most)).ShouldBeEmpty("a repetition is kept once");
    }

    private Task<IReadOnlyDictionary<string, int>> KeepAsync(string provider, int id) =>
        _host.Services.GetRequiredService<IReceiptStore>().KeepAsync(
            [KeptReceipt.From(provider, new(ReceiptStatus.Delivered, ProviderMessageId: $"{id}"))], Most, CancellationToken.None);

    private Task<List<int>> KeptAsync() => _host.QueryAsync(db => db.Set<KeptReceipt>().Where(r => r.Provider == _provider)
        .Select(r => Convert.ToInt32(r.ProviderMessageId)).ToListAsync());
}
