using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

[Collection(nameof(SharedPipeline))]
public sealed class Resending_in_parallel(SharedPipeline shared)
{
    private const int Each = 32;

    /// <summary>
    /// The old PIN and the new one, each 32 times at the same moment, over two processes. The allowed guesses are fewer than the wrong ones
    /// where the old PIN has ended.
    /// </summary>
    [Theory]
    [InlineData("same")]
    [InlineData("new")]
    [InlineData("new_with_grace")]
    public async Task Verifies_once_and_counts_each_wrong_guess_under_every_policy(string policy)
    {
        var pipeline = await shared.GetAsync();
        var count = Load.Scale(10, 100);
        var otps = await pipeline.WithRequestedOtpsAsync(count, maxAttempts: 10);
        var before = await Load.RunAsync(count, 16, i => pipeline.Sandbox.PinAsync(otps[i].Recipient));
        await Load.RunAsync(count, 16, i => pipeline.UntilDeliveryAsync(otps[i].OtpId, "SENT"));

        var resent = await Load.RunAsync(count, 16, i => pipeline.Client.ResendAsync(otps[i].OtpId, new { resendPolicy = policy }));
        resent.ShouldAllBe(a => a.Status == 202);
        await Load.RunAsync(count, 16, i => pipeline.UntilDeliveryAsync(otps[i].OtpId, "SENT", attempt: 2));
        var after = await Load.RunAsync(count, 16, async i => (await pipeline.Sandbox.MessagesAsync(otps[i].Recipient))[0].Pin);

        // The calls go to the two processes in turn: two and two, so that both get both PINs.
        var answers = await Load.RunAsync(count, 4, i => Load.AtOnceAsync(
            2 * Each, n => pipeline.Client.VerifyAsync(otps[i].OtpId, n % 4 < 2 ? before[i] : after[i])));

        var rows = (await pipeline.Database.OtpsAsync([.. otps.Select(o => o.OtpId)])).ToDictionary(o => o.Id);
        for (var i = 0; i < count; i++)
        {
            var row = rows[otps[i].OtpId];
            (before[i] == after[i]).ShouldBe(policy == "same");
            answers[i].Count(a => a.Status == 200).ShouldBe(row.Status == "VERIFIED" ? 1 : 0);
            answers[i].Count(a => a.Code is 2029 or 2027).ShouldBe(row.Attempts);
            if (policy != "new")
            {
                (row.Status, row.Attempts).ShouldBe(("VERIFIED", 0));
            }
        }

        if (policy == "new")
        {
            // Of as many right guesses as wrong ones, the tenth wrong one is rarely before the first right one.
            rows.Values.ShouldContain(r => r.Status == "VERIFIED");
        }

        await pipeline.Events.UntilGapFreeAsync(pipeline.Database, [.. otps.Select(o => o.OtpId)]);
        (await pipeline.Database.CountAsync("otp_pins WHERE otp_id = ANY ($1)", otps.Select(o => o.OtpId).ToArray())).ShouldBe(
            rows.Values.Count(r => r.Status == "PENDING"));
    }

    [Fact]
    public async Task Makes_one_delivery_of_parallel_resends_within_the_cooldown_of_none()
    {
        var pipeline = await shared.GetAsync();
        var (otp, recipient) = await pipeline.WithRequestedOtpAsync();
        await pipeline.Sandbox.PinAsync(recipient);
        await pipeline.UntilDeliveryAsync(otp, "SENT");

        var answers = await Load.AtOnceAsync(64, _ => pipeline.Client.ResendAsync(otp, new { }, "click-1"));

        answers.ShouldAllBe(a => a.Status == 202);
        await pipeline.UntilDeliveryAsync(otp, "SENT", attempt: 2);
        (await pipeline.Database.DeliveriesAsync(otp)).Count.ShouldBe(2);
        (await pipeline.Sandbox.MessagesAsync(recipient)).Length.ShouldBe(2);
    }
}
