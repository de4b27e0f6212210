using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

[Collection(nameof(SharedPipeline))]
public sealed class Expiring_to_the_moment(SharedPipeline shared)
{
    [Fact]
    public async Task Without_a_worker_nothing_verifies_late_and_GET_shows_EXPIRED()
    {
        var pipeline = await shared.GetAsync();
        var worker = await pipeline.WithOneWorkerAsync();
        var otps = await pipeline.WithRequestedOtpsAsync(20);
        var ids = otps.Select(o => o.OtpId).ToArray();
        await pipeline.UntilSentAsync(ids);
        var pins = await Load.RunAsync(otps.Length, 20, i => pipeline.Sandbox.PinAsync(otps[i].Recipient, TimeSpan.FromMinutes(1)));
        await worker.KillAsync();

        var due = await pipeline.Database.ExpireInAsync(TimeSpan.FromSeconds(1), ids);
        await Eventually.Until(async () => await pipeline.Database.ClockAsync() >= due, "the database's clock is there");

        (await Load.RunAsync(20, 20, i => pipeline.Client.GetAsync(ids[i]))).ShouldAllBe(a => a.OtpStatus == "EXPIRED");
        (await Load.RunAsync(10, 10, i => pipeline.Client.CancelAsync(ids[i]))).ShouldAllBe(a => a.Code == 2031);
        (await Load.RunAsync(20, 20, i => pipeline.Client.VerifyAsync(ids[i], pins[i]))).ShouldAllBe(a => a.Code == 2028 || a.Code == 2025);
        await pipeline.StartWorkerAsync();
    }

    [Fact]
    public async Task A_PIN_that_waited_for_the_lock_beyond_its_time_does_not_verify()
    {
        var pipeline = await shared.GetAsync();
        var worker = await pipeline.WithOneWorkerAsync();
        var (otp, recipient) = await pipeline.WithRequestedOtpAsync();
        var pin = await pipeline.Sandbox.PinAsync(recipient);
        await pipeline.UntilDeliveryAsync(otp, "SENT");
        await worker.KillAsync();
        var due = await pipeline.Database.ExpireInAsync(TimeSpan.FromSeconds(2), otp);
        Task<HostAnswer> guess;
        await using (await pipeline.Database.HoldAsync("SELECT 1 FROM otps WHERE id = $1 FOR UPDATE", otp))
        {
            guess = pipeline.Client.VerifyAsync(otp, pin);
            await Eventually.Until(async () => await pipeline.Database.WaitingAsync() > 0, "the verification waits for the lock");
            (await pipeline.Database.ClockAsync()).ShouldBeLessThan(due);
            await Eventually.Until(async () => await pipeline.Database.ClockAsync() > due, "the time is over");
        }

        (await guess).Code.ShouldBe(2028);
        await pipeline.StartWorkerAsync();
    }
}
