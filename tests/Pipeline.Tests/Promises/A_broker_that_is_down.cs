using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

public sealed class A_broker_that_is_down
{
    private static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Costs_neither_intake_nor_verification_and_everything_arrives_later()
    {
        await using var pipeline = await RunningPipeline.StartAsync(new()
        {
            OwnBroker = true,

            // The rows of intakes that could not publish are swept when their writer's lease ends.
            Settings = new Dictionary<string, string>(
                StringComparer.Ordinal) { ["Outbox:Lease"] = "00:00:16", ["Deliveries:LostAfter"] = LostAfter.ToString() },
        });
        var before = await pipeline.WithRequestedOtpsAsync(20);
        var pins = await Load.RunAsync(before.Length, 20, i => pipeline.Sandbox.PinAsync(before[i].Recipient));

        await pipeline.RabbitMq!.StopAsync();
        var during = await pipeline.WithRequestedOtpsAsync(100);
        var verified = await Load.RunAsync(before.Length, 20, i => pipeline.Client.VerifyAsync(before[i].OtpId, pins[i]));

        verified.ShouldAllBe(a => a.Status == 200);
        var health = await pipeline.Client.ReadAsync("health/ready");
        (health.Status, health.OtpStatus).ShouldBe((200, "Degraded"));
        health.Body.GetProperty("checks").GetProperty("broker").GetString().ShouldBe("Degraded");
        (await pipeline.Database.DeliveriesAsync([.. during.Select(o => o.OtpId)])).ShouldAllBe(d => d.Status == "QUEUED");

        // What the broker never had is not lost: the job has looked more than once by now.
        await Eventually.Until(
            async () =>
                await pipeline.Database.CountAsync(
                    "deliveries WHERE status = 'QUEUED' AND publish_due_at < clock_timestamp() - $1", 2 * LostAfter) == during.Length,
            "all are long past the time at which a lost one is published again");
        (await pipeline.Database.CountAsync(
            "deliveries WHERE republished > 0 AND otp_id = ANY ($1)", during.Select(o => o.OtpId).ToArray())).ShouldBe(0);

        // The worker does it alone: with the Api beside it, a process that publishes nothing more after an outage would not be seen.
        await pipeline.Apis[0].KillAsync();
        await pipeline.RabbitMq.StartAsync();
        await pipeline.Events.ReconnectAsync();
        var all = before.Concat(during).Select(o => o.OtpId).ToArray();
        await Eventually.Until(
            async () => (await pipeline.Database.DeliveriesAsync(all)).Count(d => d.Status == "SENT") == all.Length,
            "every PIN is handed over",
            TimeSpan.FromMinutes(2));
        await pipeline.Events.UntilGapFreeAsync(pipeline.Database, all);
        await Eventually.Until(async () => await pipeline.Database.CountAsync("outbox_messages") == 0, "the outbox is empty");

        await pipeline.Apis[0].StartAsync();
        await Load.RunAsync(during.Length, 20, i => pipeline.Sandbox.PinAsync(during[i].Recipient));
    }
}
