using OtpPipeline.Hosting.Bus;
using OtpPipeline.Pipeline.Tests.Harness;
using RabbitMQ.Client;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

[Collection(nameof(ImpatientPipeline))]
public sealed class A_lost_message(ImpatientPipeline impatient)
{
    // On a machine that does much else a claim or a publish may stand still for longer than LostAfter.
    private const long AFew = 10;

    [Fact]
    public async Task Is_published_again_and_sent_once()
    {
        var pipeline = await impatient.GetAsync();
        await (await pipeline.WithOneWorkerAsync()).StopAsync();
        var otps = await pipeline.WithRequestedOtpsAsync(20);
        await Eventually.Until(async () => await pipeline.Database.CountAsync("outbox_messages") == 0, "the commands are published");

        (await PurgeAsync(pipeline.Broker, OtpBusTopology.QueueOf(Core.Recipients.Channel.Sms))).ShouldBe(20);
        await pipeline.StartWorkerAsync();

        // A worker that has just started waits as long again before it knows that nothing comes.
        var within = (2 * ImpatientPipeline.LostAfter) + TimeSpan.FromSeconds(5);
        var messages = await Load.RunAsync(otps.Length, 20, async i =>
        {
            await pipeline.Sandbox.PinAsync(otps[i].Recipient, within);
            await pipeline.UntilDeliveryAsync(otps[i].OtpId, "SENT");
            return (await pipeline.Sandbox.MessagesAsync(otps[i].Recipient)).Length;
        });
        messages.ShouldAllBe(n => n == 1);
        (await pipeline.Database.DeliveriesAsync([.. otps.Select(o => o.OtpId)])).Count.ShouldBe(otps.Length);
    }

    [Fact]
    public async Task Is_told_from_one_that_waits_in_a_queue_that_is_behind()
    {
        // Four at once, 200 ms each: what is lost goes after more than two LostAfter, with as much again still waiting.
        var pipeline = await impatient.GetAsync();
        await (await pipeline.WithOneWorkerAsync()).StopAsync();
        var worker = await pipeline.StartWorkerAsync("Sandbox:Latency", "00:00:00.2");
        var ids = await Load.RunAsync(240, 64, _ => pipeline.RequestAsync(new { channel = "whatsapp", phoneNumber = Recipients.Next() }));
        await Eventually.Until(
            async () => (await pipeline.Database.DeliveriesAsync(ids)).Count(d => d.Status == "SENT") > 120, "half of them are sent");
        (await RepublishedAsync(pipeline, ids)).ShouldBeLessThan(AFew);

        var lost = await PurgeAsync(pipeline.Broker, OtpBusTopology.QueueOf(Core.Recipients.Channel.Whatsapp));

        lost.ShouldBeGreaterThan(0);
        await Eventually.Until(
            async () => (await pipeline.Database.DeliveriesAsync(ids)).TrueForAll(d => d.Status == "SENT"), "all of them are sent");
        (await RepublishedAsync(pipeline, ids)).ShouldBeInRange(lost, lost + AFew);
        (await pipeline.Database.DeliveriesAsync(ids)).Count.ShouldBe(ids.Length);
        await worker.StopAsync();
    }

    private static Task<long> RepublishedAsync(RunningPipeline pipeline, Guid[] otpIds) =>
        pipeline.Database.CountAsync("deliveries WHERE otp_id = ANY ($1) AND republished > 0", otpIds);

    /// <summary>Removes all messages of a queue; how many OTPs they named.</summary>
    private static async Task<int> PurgeAsync(Uri broker, string queue)
    {
        await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var otps = 0;
        while (await channel.BasicGetAsync(queue, autoAck: true) is { } message)
        {
            otps += WorkMessages.CountOtps(message.Body);
        }

        return otps;
    }
}
