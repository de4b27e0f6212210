using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Pipeline.Tests.Harness;
using OtpPipeline.Pipeline.Tests.Promises;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.CompatibleApis;

/// <summary>Beem's two calls over real processes, a real broker and the sandbox's phone.</summary>
[Collection(nameof(SharedPipeline))]
public sealed class Beem_conformance(SharedPipeline shared)
{
    [Fact]
    public async Task A_PIN_arrives_by_SMS_and_is_valid_once()
    {
        var pipeline = await shared.GetAsync();
        var (pinId, recipient) = await SentAsync(pipeline);
        var message = await pipeline.Sandbox.MessageAsync(recipient);
        message.Channel.ShouldBe("sms");
        message.Text.ShouldBe($"Your verification code is {message.Pin}");

        await SayAsync(pipeline, pinId, Each_channel_from_end_to_end.Wrong(message.Pin), 114, "Incorrect Pin");
        await SayAsync(pipeline, pinId, message.Pin, 117, "Valid Pin");
        await SayAsync(pipeline, pinId, message.Pin, 118, "Duplicate Pin");

        await pipeline.Events.UntilGapFreeAsync(pipeline.Database, [pinId]);
        pipeline.Events.ForOtp(pinId).Select(e => e.Status).ShouldBe(["SENT", "VERIFIED"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_PIN_that_is_over_is_told_why()
    {
        var pipeline = await shared.GetAsync();
        var (expired, itsRecipient) = await SentAsync(pipeline);
        var (cancelled, recipient) = await SentAsync(pipeline);
        var (exhausted, _) = await SentAsync(pipeline);
        var (pin, other) = (await pipeline.Sandbox.PinAsync(itsRecipient), await pipeline.Sandbox.PinAsync(recipient));

        await pipeline.Database.ExpireInAsync(TimeSpan.Zero, expired);
        await SayAsync(pipeline, expired, pin, 115, "Pin TimeOut");
        await pipeline.UntilStatusAsync(expired, "EXPIRED");
        await SayAsync(pipeline, expired, pin, 115, "Pin TimeOut");

        (await pipeline.Client.CancelAsync(cancelled)).Status.ShouldBe(200);
        await SayAsync(pipeline, cancelled, other, 115, "Pin TimeOut");

        for (var i = 0; i < 4; i++)
        {
            await SayAsync(pipeline, exhausted, "none", 114, "Incorrect Pin");
        }

        await SayAsync(pipeline, exhausted, "none", 116, "Attempts Exceeded");
        await SayAsync(pipeline, exhausted, "none", 116, "Attempts Exceeded");
    }

    [Fact]
    public async Task A_PIN_that_could_not_be_delivered_is_exceeded()
    {
        var pipeline = await shared.GetAsync();
        var (pinId, _) = await SentAsync(pipeline, Recipients.Refused);

        (await pipeline.UntilStatusAsync(pinId, "FAILED")).Reason.ShouldBe("undeliverable");

        await SayAsync(pipeline, pinId, "none", 116, "Attempts Exceeded");
    }

    [Fact]
    public async Task What_is_missing_or_wrong_is_told()
    {
        var pipeline = await shared.GetAsync();
        var client = pipeline.Client;

        await SayAsync(pipeline, Guid.NewGuid(), "123456", 113, "pinId not found");
        (await client.PostAsync("v1/verify", new { pin = "1" }, "Authorization", CompatibleApiSettings.BeemHeader)).Text
            .ShouldBe(Envelope(112, "pinId missing"));
        (await client.PostAsync("v1/request", new { appId = 4711 }, "Authorization", CompatibleApiSettings.BeemHeader)).Text
            .ShouldBe(Envelope(103, "Phone number missing"));
        (await client.PostAsync("v1/request", new { appId = 4712, msisdn = "33612246400" }, "Authorization", CompatibleApiSettings.BeemHeader)).Text.ShouldBe(Envelope(106, "Application not found"));
        (await client.PostAsync("v1/request", new { appId = 4711, msisdn = "33612246400" }, "Authorization", BasicHeader.From("beem-tests:wrong"))).ShouldBe(new HostAnswer(401, Envelope(120, "Wrong Username or Password")));
        (await client.PostTextAsync("v1/request", "{}")).ShouldBe(new HostAnswer(200, Envelope(110, "Username or Password missing")));
    }

    internal static async Task<(Guid PinId, string Recipient)> SentAsync(RunningPipeline pipeline, string? recipient = null)
    {
        recipient ??= Recipients.Next();
        var answer = await pipeline.Client.PostAsync(
            "v1/request", new { appId = CompatibleApiSettings.BeemApp, msisdn = recipient[1..] }, "Authorization",
            CompatibleApiSettings.BeemHeader);
        answer.Status.ShouldBe(200);
        answer.Text.ShouldContain("""{"code":100,"message":"SMS sent successfully"}""");
        return (answer.Body.GetProperty("data").GetProperty("pinId").GetGuid(), recipient);
    }

    internal static Task<HostAnswer> VerifyAsync(RunningPipeline pipeline, Guid pinId, string pin) =>
        pipeline.Client.PostAsync("v1/verify", new { pinId, pin }, "Authorization", CompatibleApiSettings.BeemHeader);

    internal static string Envelope(int code, string message) =>
        $$$$"""{"data":{"message":{"code":{{{{code}}}},"message":"{{{{message}}}}"}}}""";

    private static async Task SayAsync(RunningPipeline pipeline, Guid pinId, string pin, int code, string message) =>
        (await VerifyAsync(pipeline, pinId, pin)).ShouldBe(new HostAnswer(200, Envelope(code, message)));
}
