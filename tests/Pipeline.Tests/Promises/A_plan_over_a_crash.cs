using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

[Collection(nameof(ImpatientPipeline))]
public sealed class A_plan_over_a_crash(ImpatientPipeline impatient)
{
    [Fact]
    public async Task Is_carried_on_by_another_worker_each_step_once()
    {
        var pipeline = await impatient.GetAsync();
        var worker = await pipeline.WithOneWorkerAsync();
        var count = Load.Scale(20, 500);
        var otps = await Load.RunAsync(count, 16, async _ =>
        {
            var recipient = Recipients.Next();
            return (OtpId: await pipeline.RequestAsync(new { phoneNumber = recipient, channels = new[] { "sms", "email" }, email = $"{recipient[1..]}@example.com" }), recipient);
        });
        await Load.RunAsync(count, 16, i => pipeline.UntilDeliveryAsync(otps[i].OtpId, "SENT"));
        var ids = otps.Select(o => o.OtpId).ToArray();

        // The worker dies while it starts the steps: of some it has, of others it has not.
        var due = pipeline.Database.ExecuteAsync("UPDATE pending_steps SET due_at = clock_timestamp() WHERE otp_id = ANY ($1)", ids);
        await worker.KillAsync();
        await due;
        await pipeline.StartWorkerAsync();

        await Eventually.Until(
            async () => await pipeline.Database.CountAsync(
                "(SELECT DISTINCT otp_id FROM deliveries WHERE otp_id = ANY ($1) AND step = 2 AND status = 'SENT') s", ids) == count,
            "every OTP was sent on both channels",
            TimeSpan.FromMinutes(2));
        (await pipeline.Database.CountAsync("pending_steps WHERE otp_id = ANY ($1)", ids)).ShouldBe(0);
        (await pipeline.Database.CountAsync(
            "deliveries WHERE otp_id = ANY ($1) AND step = 2 AND attempt = 1", ids)).ShouldBe(count);
        await pipeline.Events.UntilGapFreeAsync(pipeline.Database, [.. ids]);
    }
}
