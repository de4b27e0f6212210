using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Core.Deliveries.Providers;
using OtpPipeline.Storage.Postgres;

namespace OtpPipeline.Workers.Tests.Providers.Operations;

public sealed class A_test_of_a_provider
{
    [Fact]
    public async Task Is_taken_once_and_only_while_the_operators_call_waits_for_it()
    {
        await using var database = await MigratedDatabase.CreateAsync();
        await using var services = new ServiceCollection().AddLogging().AddOptions().AddPostgresStorage(database.ConnectionString)
            .BuildServiceProvider();
        var store = services.GetRequiredService<IProviderStore>();
        var (awaited, given) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await store.RequestTestAsync(awaited, "gateway", [1], CancellationToken.None);
        await store.RequestTestAsync(given, "gateway", [2], CancellationToken.None);
        await database.ExecuteAsync($"UPDATE provider_tests SET created_at = created_at - interval '1 minute' WHERE id = '{given}'");

        (await TakenAsync()).ShouldBe([awaited]);
        (await TakenAsync()).ShouldBeEmpty();

        async Task<IEnumerable<Guid>> TakenAsync()
        {
            var reports = new Dictionary<string, string>(StringComparer.Ordinal) { ["gateway"] = "{}" };
            return (await store.ExchangeAsync(Guid.CreateVersion7(), reports, CancellationToken.None)).Tests.Select(t => t.Id);
        }
    }
}
