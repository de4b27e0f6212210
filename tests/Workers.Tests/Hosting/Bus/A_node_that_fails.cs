using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Hosting.Bus;

/// <summary>Two addresses of one broker stand for two nodes of a cluster.</summary>
[Collection("servers")]
public sealed class A_node_that_fails
{
    [Fact]
    public async Task Leaves_the_bus_to_another_one()
    {
        var broker = await VirtualHosts.TakeAsync();
        await using (var first = BrokerProxy.To(broker))
        await using (var second = BrokerProxy.To(broker))
        await using (var database = await MigratedDatabase.CreateAsync())
        await using (var host = await BusHost.StartAsync(database, settings: Nodes(broker, first, second)))
        {
            await host.UntilConnectedAsync();

            first.Cut();
            await UntilPublishedAsync(host, "the first node is down");
            first.Mend();
            second.Cut();
            await UntilPublishedAsync(host, "the second node is down");
        }

        await VirtualHosts.LeaveAsync(broker);
    }

    private static Dictionary<string, string?> Nodes(Uri broker, params BrokerProxy[] nodes) => new(StringComparer.Ordinal)
    {
        ["RabbitMq:Uri"] = null,
        ["RabbitMq:VirtualHost"] = VirtualHosts.NameOf(broker),
        ["RabbitMq:Hosts:0"] = nodes[0].Address.Authority,
        ["RabbitMq:Hosts:1"] = nodes[1].Address.Authority,
    };

    /// <summary>A message whose connection was lost is published again, as the outbox does.</summary>
    private static Task UntilPublishedAsync(BusHost host, string why) => Eventually.Until(
        async () =>
        {
            var publishing = host.PublishWorkAsync("sms");
            await publishing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return publishing.IsCompletedSuccessfully;
        },
        $"a message is published while {why}",
        TimeSpan.FromSeconds(60));
}
