using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

/// <summary>An alarm of the broker's: connections stay, and nothing that is published arrives.</summary>
public sealed class A_broker_that_blocks_publishers
{
    [Fact]
    public async Task Shows_in_health_and_fills_the_outbox_with_nothing_twice()
    {
        await using var pipeline = await RunningPipeline.StartAsync(new()
        {
            OwnBroker = true,
            Settings = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["RabbitMq:CheckInterval"] = "00:00:01",
                ["Deliveries:LostAfter"] = "00:00:02",
                ["Outbox:PublishTimeout"] = "00:00:01",
                ["Outbox:Lease"] = "00:00:04",
            },
        });
        await pipeline.RabbitMq!.ControlAsync("set_vm_memory_high_watermark", "absolute", "1");
        await UntilHealthAsync(
            pipeline, health => health.Contains("blocks publishers", StringComparison.Ordinal), "health says that publishers are blocked");

        var otps = (await pipeline.WithRequestedOtpsAsync(20, ttl: 900)).Select(o => o.OtpId).ToArray();

        // Long enough for each work command to be looked at as lost.
        await Eventually.Until(
            async () =>
                await pipeline.Database.CountAsync(
                    "deliveries WHERE otp_id = ANY ($1) AND publish_due_at > created_at + interval '6 seconds'", otps) == otps.Length,
            "the recovery has looked at every delivery");
        var stored = await pipeline.Database.CountAsync(
            "outbox_messages m, jsonb_path_query(m.body::jsonb, 'strict $.**.otpId') WHERE m.message_type = 'otp-requested'");
        stored.ShouldBe(otps.Length);
        (await pipeline.Database.CountAsync("deliveries WHERE otp_id = ANY ($1) AND republished > 0", otps)).ShouldBe(0);

        await pipeline.RabbitMq.ControlAsync("set_vm_memory_high_watermark", "0.6");
        foreach (var otpId in otps)
        {
            await pipeline.UntilDeliveryAsync(otpId, "SENT");
        }

        await UntilHealthAsync(
            pipeline, health => health.Contains("\"broker\":\"Healthy\"", StringComparison.Ordinal),
            "health says that the broker takes messages");
    }

    private static Task UntilHealthAsync(RunningPipeline pipeline, Func<string, bool> holds, string what) => Eventually.Until(
        async () =>
        {
            foreach (var host in pipeline.Apis.Concat(pipeline.Workers))
            {
                using var http = new HttpClient();
                using var answer = await http.GetAsync(new Uri(host.Address, "health/ready"));
                if ((int)answer.StatusCode != 200 || !holds(await answer.Content.ReadAsStringAsync()))
                {
                    return false;
                }
            }

            return true;
        },
        what);
}
