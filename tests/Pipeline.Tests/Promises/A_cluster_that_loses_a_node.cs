using System.Collections.Concurrent;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

/// <summary>Three nodes of RabbitMQ, of which two are killed one after the other while OTPs come in.</summary>
public sealed class A_cluster_that_loses_a_node
{
    private const string Path = "/cluster";
    private const int WhileOneIsDown = 300;

    [Fact]
    public async Task Loses_no_OTP_and_no_callback_and_sends_none_without_an_attempt()
    {
        Assert.SkipUnless(Load.IsLong, "Three nodes start, and two of them again; ./test --long does it.");
        await using var cluster = await BrokerCluster.StartAsync();
        await using var subscriber = await Subscriber.StartAsync();
        await using var pipeline = await RunningPipeline.StartAsync(new()
        {
            Cluster = cluster,
            Workers = 2,
            Settings = new Dictionary<string, string>(CallbackPipeline.ToThisMachine, StringComparer.Ordinal)
            {
                ["Applications:0:Settings:OtpCallbackUrl"] = subscriber.Url(Path),
                ["Applications:0:Settings:CallbackEvents"] = "all",
                ["Outbox:Lease"] = "00:00:16",
                ["Deliveries:LostAfter"] = "00:00:05",
                ["Sandbox:Retention"] = "10:00:00",
            },
        });
        var accepted = new ConcurrentDictionary<Guid, string>();
        var lostConnections = 0;
        await using (Load.OfRequests(pipeline, 8, accepted, TimeSpan.FromMilliseconds(20)))
        {
            foreach (var node in cluster.Others)
            {
                lostConnections += await cluster.ConnectionsAsync(node);
                await node.KillAsync();
                await UntilSentBesideAsync(pipeline, accepted);
                await node.StartAsync();
            }
        }

        lostConnections.ShouldBeGreaterThan(0, "a host was connected to a node that was killed");
        var ids = accepted.Keys.ToArray();
        await pipeline.UntilSentAsync(ids);
        await pipeline.Events.UntilGapFreeAsync(pipeline.Database, ids, TimeSpan.FromMinutes(2));
        await Eventually.Until(
            async () => await pipeline.Database.CountAsync("callbacks WHERE status <> 'DELIVERED'") == 0,
            "all callbacks are delivered",
            TimeSpan.FromMinutes(2));
        ids.Except(subscriber.At(Path).Select(c => c.OtpId)).ShouldBeEmpty("each OTP is called back");

        var sends = await pipeline.Database.CountAsync("sandbox_messages");
        var attempts = await pipeline.Database.CountAsync("deliveries");
        Figures.Print(
            "two of three RabbitMQ nodes killed one after the other under load",
            $"{ids.Length} accepted, {attempts} attempts, {sends} sends, {lostConnections} connections lost, none lost, each called back");
        (await pipeline.Database.OtpsAsync(ids)).Count.ShouldBe(ids.Length, "every accepted OTP is in the database");
        sends.ShouldBeLessThanOrEqualTo(attempts, "each send has an attempt, which the policy allowed");
    }

    /// <summary>OTPs are accepted and sent while the node is down.</summary>
    private static async Task UntilSentBesideAsync(RunningPipeline pipeline, ConcurrentDictionary<Guid, string> accepted)
    {
        var before = accepted.Keys.ToHashSet();
        await Eventually.Until(
            () => accepted.Count >= before.Count + WhileOneIsDown, "requests are accepted while a node is down", TimeSpan.FromSeconds(90));
        await pipeline.UntilSentAsync([.. accepted.Keys.Where(id => !before.Contains(id)).Take(WhileOneIsDown)]);
    }
}
