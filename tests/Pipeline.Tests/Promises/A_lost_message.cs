using OtpPipeline.Hosting.Bus;
using OtpPipeline.Pipeline.Tests.Harness;
using RabbitMQ.Client;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

public sealed class A_lost_message(ImpatientPipeline impatient)
{
    [Fact]
    public async Task Is_published_again_and_sent_once()
    {
        var pipeline = await impatient.GetAsync();
        await (await pipeline.WithOneWorkerAsync()).StopAsync();
        var otps = await pipeline.WithRequestedOtpsAsync(20);
        await Eventually.Until(async () => await pipeline.Database.CountAsync("outbox_messages") == 0, "the commands are published");

        (await PurgeAsync(pipeline.Broker, OtpBusTopology.QueueOf(Core.Deliveries.Channel.Sms))).ShouldBe(20u);
        await pipeline.StartWorkerAsync();

        var within = ImpatientPipeline.LostAfter + TimeSpan.FromSeconds(5);
        var messages = await Load.RunAsync(otps.Length, 20, async i =>
        {
            await pipeline.Sandbox.PinAsync(otps[i].Recipient, within);
            await pipeline.UntilDeliveryAsync(otps[i].OtpId, "SENT");
            return (await pipeline.Sandbox.MessagesAsync(otps[i].Recipient)).Length;
        });
        messages.ShouldAllBe(n => n == 1);
        (await pipeline.Database.DeliveriesAsync([.. otps.Select(o => o.OtpId)])).Count.ShouldBe(otps.Length);
    }

    private static async Task<uint> PurgeAsync(Uri broker, string queue)
    {
        await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        return await channel.QueuePurgeAsync(queue);
    }
}
