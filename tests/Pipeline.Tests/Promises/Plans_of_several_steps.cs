using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

[Collection(nameof(SharedPipeline))]
public sealed class Plans_of_several_steps(SharedPipeline shared)
{
    private const string Refused = "+15005550002";

    [Fact]
    public async Task A_refused_number_goes_to_the_next_step_at_once()
    {
        var pipeline = await shared.GetAsync();
        var other = Recipients.Next();
        var otp = await pipeline.RequestAsync(
            new { phoneNumber = Refused, channels = new object[] { "sms", new { channel = "call", waitSeconds = 900, recipient = other } } });

        var message = await pipeline.Sandbox.MessageAsync(other);

        message.Channel.ShouldBe("call");
        await UntilAsync(pipeline, otp, (1, "sms", "FAILED", "refused"), (2, "call", "SENT", null));
        (await pipeline.Client.VerifyAsync(otp, message.Pin)).Status.ShouldBe(200);
        await pipeline.Events.UntilGapFreeAsync(pipeline.Database, [otp]);
        (await PendingAsync(pipeline, otp)).ShouldBe(0);
    }

    [Fact]
    public async Task An_OTP_fails_only_when_its_last_step_is_refused()
    {
        var pipeline = await shared.GetAsync();
        var otp = await pipeline.RequestAsync(new { phoneNumber = Refused, channels = new[] { "sms", "call", "whatsapp" } });

        var row = await pipeline.UntilStatusAsync(otp, "FAILED");

        row.Reason.ShouldBe("undeliverable");
        (await StepsAsync(pipeline, otp)).ShouldBe(
            [(1, "sms", "FAILED", "refused"), (2, "call", "FAILED", "refused"), (3, "whatsapp", "FAILED", "refused")]);
        await pipeline.Events.UntilGapFreeAsync(pipeline.Database, [otp]);
        (await PendingAsync(pipeline, otp)).ShouldBe(0);
    }

    [Fact]
    public async Task A_sent_message_that_nobody_answers_lets_the_next_step_wait_for_its_time()
    {
        var pipeline = await shared.GetAsync();
        var (otp, recipient) = await WithSentStepAsync(pipeline);
        (await pipeline.Database.ScalarAsync<double>(
            "SELECT extract(epoch FROM s.due_at - d.updated_at)::float8 FROM pending_steps s JOIN deliveries d USING (otp_id) " +
            "WHERE s.otp_id = $1", otp)).ShouldBe(60, tolerance: 0.001);

        await DueAsync(pipeline, otp);

        await UntilAsync(pipeline, otp, (1, "sms", "SENT", null), (2, "call", "SENT", null));
        (await pipeline.Sandbox.MessagesAsync(recipient)).Select(m => m.Channel).ShouldBe(["call", "sms"]);
        (await pipeline.Sandbox.MessagesAsync(recipient)).Select(m => m.Pin).Distinct().ShouldHaveSingleItem();
        await pipeline.Events.UntilGapFreeAsync(pipeline.Database, [otp]);
    }

    [Theory]
    [InlineData("VERIFIED")]
    [InlineData("CANCELLED")]
    [InlineData("EXPIRED")]
    public async Task An_OTP_that_ends_while_a_step_waits_sends_nothing_more(string end)
    {
        var pipeline = await shared.GetAsync();
        var (otp, recipient) = await WithSentStepAsync(pipeline);

        _ = end switch
        {
            "VERIFIED" => await pipeline.Client.VerifyAsync(otp, await pipeline.Sandbox.PinAsync(recipient)),
            "CANCELLED" => await pipeline.Client.CancelAsync(otp),
            _ => new HostAnswer((await pipeline.Database.ExpireInAsync(TimeSpan.Zero, otp)).Year, ""),
        };

        await pipeline.UntilStatusAsync(otp, end);
        (await PendingAsync(pipeline, otp)).ShouldBe(0);
        (await StepsAsync(pipeline, otp)).ShouldBe([(1, "sms", "SENT", null)]);
        (await pipeline.Client.NextAsync(otp)).Code.ShouldBe(end switch { "VERIFIED" => 2023, "CANCELLED" => 2024, _ => 2025 });
    }

    [Fact]
    public async Task A_step_whose_wait_would_end_after_the_OTP_is_started_by_command_alone()
    {
        var pipeline = await shared.GetAsync();
        var recipient = Recipients.Next();
        var otp = await pipeline.RequestAsync(
            new { phoneNumber = recipient, ttl = 60, channels = new object[] { "sms", new { channel = "call", waitSeconds = 60 } } });
        await pipeline.UntilDeliveryAsync(otp, "SENT");
        (await PendingAsync(pipeline, otp)).ShouldBe(0);

        var next = await pipeline.Client.NextAsync(otp);

        next.Status.ShouldBe(202, next.Text);
        await UntilAsync(pipeline, otp, (1, "sms", "SENT", null), (2, "call", "SENT", null));
    }

    [Fact]
    public async Task Parallel_commands_and_the_end_of_the_wait_start_a_step_once()
    {
        var pipeline = await shared.GetAsync();
        var count = Load.Scale(20, 200);
        var otps = await Load.RunAsync(count, 8, _ => WithSentStepAsync(pipeline));

        var answers = await Load.RunAsync(count, 2, async i =>
        {
            await DueAsync(pipeline, otps[i].OtpId);
            return await Load.AtOnceAsync(16, _ => pipeline.Client.NextAsync(otps[i].OtpId));
        });

        answers.ShouldAllBe(a => a.Count(x => x.Status == 202) <= 1 && a.All(x => x.Status == 202 || x.Code == 2135));
        foreach (var (otp, recipient) in otps)
        {
            await UntilAsync(pipeline, otp, (1, "sms", "SENT", null), (2, "call", "SENT", null));
            (await pipeline.Sandbox.MessagesAsync(recipient)).Length.ShouldBe(2);
        }

        await pipeline.Events.UntilGapFreeAsync(pipeline.Database, [.. otps.Select(o => o.OtpId)]);
        (await pipeline.Database.CountAsync("pending_steps WHERE otp_id = ANY ($1)", otps.Select(o => o.OtpId).ToArray())).ShouldBe(0);
    }

    private static async Task<(Guid OtpId, string Recipient)> WithSentStepAsync(RunningPipeline pipeline)
    {
        var recipient = Recipients.Next();
        var otp = await pipeline.RequestAsync(new { phoneNumber = recipient, channels = new[] { "sms", "call" } });
        await pipeline.UntilDeliveryAsync(otp, "SENT");
        (await PendingAsync(pipeline, otp)).ShouldBe(1);
        return (otp, recipient);
    }

    private static Task<int> DueAsync(RunningPipeline pipeline, Guid otp) =>
        pipeline.Database.ExecuteAsync("UPDATE pending_steps SET due_at = clock_timestamp() WHERE otp_id = $1", otp);

    private static Task<long> PendingAsync(RunningPipeline pipeline, Guid otp) =>
        pipeline.Database.CountAsync("pending_steps WHERE otp_id = $1", otp);

    private static Task UntilAsync(RunningPipeline pipeline, Guid otp, params (int, string, string, string?)[] expected) =>
        Eventually.Until(
            async () => (await StepsAsync(pipeline, otp)).SequenceEqual(expected), $"the steps of {otp} are {string.Join(" ", expected)}");

    private static Task<List<(int Step, string Channel, string Status, string? Reason)>> StepsAsync(RunningPipeline pipeline, Guid otp) =>
        pipeline.Database.ReadAsync(
            r => (r.GetInt32(0), r.GetString(1), r.GetString(2), r.IsDBNull(3) ? null : r.GetString(3)),
            "SELECT step, channel, status, reason FROM deliveries WHERE otp_id = $1 ORDER BY step, attempt", otp);
}
