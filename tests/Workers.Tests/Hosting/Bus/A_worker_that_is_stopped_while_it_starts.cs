using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Hosting.Bus;

public sealed class A_worker_that_is_stopped_while_it_starts : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private Broker _broker = null!;

    public async ValueTask InitializeAsync()
    {
        _broker = await Broker.ConnectAsync();
        _database = await MigratedDatabase.CreateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Leaves_no_consumer_behind()
    {
        for (var round = 0; round < 10; round++)
        {
            await using (var workers = new WorkerHost(_database))
            {
                await workers.StartAsync();
                await Eventually.Until(_broker.AnyConsumesAsync, "the first of its queues has a consumer");
            }

            (await _broker.AnyConsumesAsync()).ShouldBeFalse($"round {round}");
        }
    }
}
