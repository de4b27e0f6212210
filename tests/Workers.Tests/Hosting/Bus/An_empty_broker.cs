using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Hosting.Bus;

/// <summary>
/// A quorum queue exists for others a moment before it works: RabbitMQ ends the connection of who consumes from it in that moment.
/// </summary>
public sealed class An_empty_broker : IAsyncLifetime
{
    private const int Rounds = 3;
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
    public async Task Gets_the_consumers_of_all_workers_that_start_at_once()
    {
        await using (var once = new WorkerHost(_database))
        {
            await once.StartAsync();
        }

        for (var round = 0; round < Rounds; round++)
        {
            await _broker.ForgetTopologyAsync();
            await using var first = new WorkerHost(_database);
            await using var second = new WorkerHost(_database);
            await Task.WhenAll(first.StartAsync(), second.StartAsync());

            foreach (var host in new[] { first, second })
            {
                await Eventually.Until(
                    () => Task.FromResult(
                        host.Services.GetRequiredService<IBusControl>().CheckHealth().Status == BusHealthStatus.Healthy), $"its bus is up in round {round}");
            }
        }
    }
}
