using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

/// <summary>SIGKILL at exact points of a delivery, which locks of the test's own hold still.</summary>
[Collection(nameof(ImpatientPipeline))]
public sealed class A_worker_that_dies(ImpatientPipeline impatient)
{
    // The channels of the impatient pipeline that have these policies.
    private const string AtLeastOnce = "sms";
    private const string AtMostOnce = "call";
    private const string LockOtp = "SELECT 1 FROM otps WHERE id = $1 FOR UPDATE";

    [Theory]
    [InlineData(AtLeastOnce)]
    [InlineData(AtMostOnce)]
    public async Task Before_its_claim_leaves_the_delivery_to_the_next(string channel)
    {
        var pipeline = await impatient.GetAsync();
        var worker = await pipeline.WithOneWorkerAsync();
        var recipient = Recipients.Next();
        await worker.StopAsync();
        var otp = await pipeline.RequestAsync(new { channel, phoneNumber = recipient });
        await using (await pipeline.Database.HoldAsync(LockOtp, otp))
        {
            var doomed = await pipeline.StartWorkerAsync();
            await Eventually.Until(async () => await pipeline.Database.WaitingAsync() > 0, "a claim waits for the lock");
            await doomed.KillAsync();
        }

        await Eventually.Until(async () => await NoWorkerSessionAsync(pipeline), "the dead worker's session is over");
        var survivor = (await pipeline.Database.DeliveriesAsync(otp)).Single().Status;
        if (survivor == "QUEUED")
        {
            await pipeline.StartWorkerAsync();
            await pipeline.UntilDeliveryAsync(otp, "SENT");
            (await pipeline.Sandbox.MessagesAsync(recipient)).Length.ShouldBe(1);
        }
        else
        {
            // The statement of the dead was already with the server, which ran it: the claim is made, and nobody calls.
            survivor.ShouldBe("SENDING");
            await AfterTheLeaseAsync(pipeline, otp, recipient, channel, messagesBefore: 0);
        }
    }

    [Theory]
    [InlineData(AtLeastOnce)]
    [InlineData(AtMostOnce)]
    public async Task Before_the_provider_has_it(string channel)
    {
        var pipeline = await impatient.GetAsync();
        var worker = await pipeline.WithOneWorkerAsync();
        await ForgetAsync(pipeline);
        var otp = await pipeline.RequestAsync(new { channel, phoneNumber = Recipients.Slow });
        await pipeline.UntilDeliveryAsync(otp, "SENDING");

        await worker.KillAsync();

        await AfterTheLeaseAsync(pipeline, otp, Recipients.Slow, channel, messagesBefore: 0);
    }

    [Theory]
    [InlineData(AtLeastOnce)]
    [InlineData(AtMostOnce)]
    public async Task During_the_call(string channel)
    {
        var pipeline = await impatient.GetAsync();
        var worker = await pipeline.WithOneWorkerAsync();
        var recipient = Recipients.Next();
        Guid otp;
        await using (await pipeline.Database.HoldAsync("LOCK TABLE sandbox_messages IN EXCLUSIVE MODE"))
        {
            otp = await pipeline.RequestAsync(new { channel, phoneNumber = recipient });
            await pipeline.UntilDeliveryAsync(otp, "SENDING");
            await Eventually.Until(async () => await pipeline.Database.WaitingAsync() > 0, "the call waits for the lock");
            await worker.KillAsync();
        }

        // The request is with the provider (here the database), which completes it although nobody waits for the answer.
        await Eventually.Until(async () => await NoWorkerSessionAsync(pipeline), "the dead worker's session is over");
        var sent = (await pipeline.Sandbox.MessagesAsync(recipient)).Length;

        await AfterTheLeaseAsync(pipeline, otp, recipient, channel, sent);
    }

    [Theory]
    [InlineData(AtLeastOnce)]
    [InlineData(AtMostOnce)]
    public async Task After_the_call_and_before_its_outcome_is_written(string channel)
    {
        var pipeline = await impatient.GetAsync();
        var worker = await pipeline.WithOneWorkerAsync();
        var recipient = Recipients.Slow;
        await ForgetAsync(pipeline);
        var otp = await pipeline.RequestAsync(new { channel, phoneNumber = recipient });
        await pipeline.UntilDeliveryAsync(otp, "SENDING");
        string pin;
        await using (await pipeline.Database.HoldAsync(LockOtp, otp))
        {
            pin = await pipeline.Sandbox.PinAsync(recipient);
            await Eventually.Until(async () => await pipeline.Database.WaitingAsync() > 0, "the outcome waits for the lock");
            await worker.KillAsync();
        }

        await AfterTheLeaseAsync(pipeline, otp, recipient, channel, messagesBefore: 1);
        (await pipeline.Sandbox.MessagesAsync(recipient)).ShouldAllBe(m => m.Pin == pin);
    }

    [Theory]
    [InlineData(AtLeastOnce)]
    [InlineData(AtMostOnce)]
    public async Task And_a_lost_answer_leaves_it_unknown(string channel)
    {
        var pipeline = await impatient.GetAsync();
        await pipeline.WithOneWorkerAsync();
        await ForgetAsync(pipeline);
        var otp = await pipeline.RequestAsync(new { channel, phoneNumber = Recipients.AnswerLost });

        (await pipeline.UntilDeliveryAsync(otp, "UNKNOWN")).Reason.ShouldBe("connection_lost");

        await AfterAsync(pipeline, otp, Recipients.AnswerLost, channel, messagesBefore: 1);
    }

    /// <summary>The recipients that play scripts are the same in every test.</summary>
    private static Task ForgetAsync(RunningPipeline pipeline) => pipeline.Database.ExecuteAsync("DELETE FROM sandbox_messages");

    private static async Task<bool> NoWorkerSessionAsync(RunningPipeline pipeline) =>
        await pipeline.Database.CountAsync(
            "pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'workers%' AND state = 'active'") == 0;

    private static async Task AfterTheLeaseAsync(RunningPipeline pipeline, Guid otp, string recipient, string channel, int messagesBefore)
    {
        // However long the start takes, the lease lasts; meanwhile the message that comes again does nothing.
        await pipeline.Database.ExecuteAsync(
            "UPDATE deliveries SET lease_until = clock_timestamp() + interval '20 seconds' WHERE otp_id = $1 AND status = 'SENDING'", otp);
        await pipeline.StartWorkerAsync();
        (await pipeline.Database.DeliveriesAsync(otp)).Select(d => d.Status).ShouldBe(["SENDING"]);
        await pipeline.Database.ExecuteAsync("UPDATE deliveries SET lease_until = clock_timestamp() WHERE otp_id = $1", otp);
        (await pipeline.UntilDeliveryAsync(otp, "UNKNOWN")).Reason.ShouldBe("lease_ended");
        await AfterAsync(pipeline, otp, recipient, channel, messagesBefore);
    }

    private static async Task AfterAsync(RunningPipeline pipeline, Guid otp, string recipient, string channel, int messagesBefore)
    {
        if (channel == AtLeastOnce)
        {
            await pipeline.UntilDeliveryAsync(otp, "SENT", attempt: 2);
            (await pipeline.Sandbox.MessagesAsync(recipient)).Length.ShouldBe(messagesBefore + 1);
            (await pipeline.Client.VerifyAsync(otp, await pipeline.Sandbox.PinAsync(recipient))).Status.ShouldBe(200);
        }
        else
        {
            await Eventually.Never(
                async () =>
                    (await pipeline.Database.DeliveriesAsync(otp)).Count > 1 || (
                        await pipeline.Sandbox.MessagesAsync(recipient)).Length > messagesBefore,
                "an at-most-once channel sent again",
                TimeSpan.FromSeconds(4));
            await pipeline.Database.ExpireInAsync(TimeSpan.Zero, otp);
            (await pipeline.UntilStatusAsync(otp, "EXPIRED")).Reason.ShouldBe("not_verified");
        }

        await pipeline.Events.UntilGapFreeAsync(pipeline.Database, [otp]);
    }
}
