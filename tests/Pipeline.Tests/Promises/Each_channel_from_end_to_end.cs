using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

[Collection(nameof(SharedPipeline))]
public sealed class Each_channel_from_end_to_end(SharedPipeline shared)
{
    public static TheoryData<string> Channels => ["sms", "email", "telegram", "call", "whatsapp", "ussd"];

    [Theory]
    [MemberData(nameof(Channels))]
    public async Task What_is_requested_arrives_and_verifies(string channel)
    {
        var pipeline = await shared.GetAsync();
        var (body, recipient) = Order(channel, 5);

        var requested = await pipeline.Client.RequestAsync(body);
        requested.Status.ShouldBe(201, requested.Text);
        var message = await pipeline.Sandbox.MessageAsync(recipient);
        var verified = await pipeline.Client.VerifyAsync(requested.OtpId, message.Pin);

        message.Channel.ShouldBe(channel);
        message.Text.ShouldContain(message.Pin);
        verified.Text.ShouldBe("""{"status":"VERIFIED"}""");
        (await pipeline.Client.GetAsync(requested.OtpId)).OtpStatus.ShouldBe("VERIFIED");
        await pipeline.Events.UntilGapFreeAsync(pipeline.Database, [requested.OtpId]);
        Story(pipeline, requested.OtpId).ShouldBe(["SENT", "VERIFIED"], ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public async Task What_is_cancelled_no_longer_verifies(string channel)
    {
        var pipeline = await shared.GetAsync();
        var (body, recipient) = Order(channel, 5);
        var otp = await pipeline.RequestAsync(body);
        var pin = await pipeline.Sandbox.PinAsync(recipient);

        (await pipeline.Client.CancelAsync(otp)).Status.ShouldBe(200);

        (await pipeline.Client.VerifyAsync(otp, pin)).Code.ShouldBe(2024);
        (await pipeline.Client.CancelAsync(otp)).Code.ShouldBe(2030);
        await pipeline.Events.UntilGapFreeAsync(pipeline.Database, [otp]);
        pipeline.Events.ForOtp(otp).ShouldContain(e => e.IsStatus && e.Status == "CANCELLED");
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public async Task What_nobody_uses_expires(string channel)
    {
        var pipeline = await shared.GetAsync();
        var (body, recipient) = Order(channel, 5);
        var otp = await pipeline.RequestAsync(body);
        var pin = await pipeline.Sandbox.PinAsync(recipient);
        await pipeline.UntilDeliveryAsync(otp, "SENT");

        await pipeline.Database.ExpireInAsync(TimeSpan.Zero, otp);

        (await pipeline.Client.VerifyAsync(otp, pin)).Code.ShouldBeOneOf(2025, 2028);
        (await pipeline.UntilStatusAsync(otp, "EXPIRED")).Reason.ShouldBe("not_verified");
        await pipeline.Events.UntilGapFreeAsync(pipeline.Database, [otp]);
        pipeline.Events.ForOtp(otp).ShouldContain(e => e.IsStatus && e.Status == "EXPIRED" && e.Reason == "not_verified");
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public async Task What_is_guessed_too_often_fails(string channel)
    {
        var pipeline = await shared.GetAsync();
        var (body, recipient) = Order(channel, 2);
        var otp = await pipeline.RequestAsync(body);
        var pin = await pipeline.Sandbox.PinAsync(recipient);

        (await pipeline.Client.VerifyAsync(otp, Wrong(pin))).Code.ShouldBe(2029);
        (await pipeline.Client.VerifyAsync(otp, Wrong(pin))).Code.ShouldBe(2027);

        (await pipeline.Client.VerifyAsync(otp, pin)).Code.ShouldBe(2026);
        await pipeline.Events.UntilGapFreeAsync(pipeline.Database, [otp]);
        pipeline.Events.ForOtp(otp).ShouldContain(e => e.IsStatus && e.Status == "FAILED" && e.Reason == "max_attempts");
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public async Task What_the_only_provider_refuses_is_undeliverable(string channel)
    {
        var pipeline = await shared.GetAsync();
        var otp = await pipeline.RequestAsync(Scripted(channel, Recipients.Refused, "refused@sandbox.example", "9990000002"));

        (await pipeline.UntilStatusAsync(otp, "FAILED")).Reason.ShouldBe("undeliverable");

        (await pipeline.Client.VerifyAsync(otp, "000000")).Code.ShouldBe(2125);
        await pipeline.Events.UntilGapFreeAsync(pipeline.Database, [otp]);
        Story(pipeline, otp).ShouldBe(["FAILED", "FAILED"]);
    }

    /// <summary>All channels side by side, since each waits for seconds.</summary>
    [Fact]
    public async Task What_is_throttled_is_sent_by_a_later_attempt()
    {
        var pipeline = await shared.GetAsync();
        await Task.WhenAll(Channels.Select(c => ThrottledAsync(pipeline, c.Data)));
    }

    internal static string Wrong(string pin) => $"{(pin[0] == '9' ? '0' : (char)(pin[0] + 1))}{pin[1..]}";

    private static async Task ThrottledAsync(RunningPipeline pipeline, string channel)
    {
        var otp = await pipeline.RequestAsync(Scripted(channel, Recipients.Throttled, "throttled@sandbox.example", "9990000003"));

        await pipeline.UntilDeliveryAsync(otp, "SENT", attempt: 3);

        var deliveries = await pipeline.Database.DeliveriesAsync(otp);
        deliveries.Select(d => (d.Attempt, d.Status, d.Reason))
            .ShouldBe([(1, "FAILED", "throttled"), (2, "FAILED", "throttled"), (3, "SENT", null)], channel);
        await pipeline.Events.UntilGapFreeAsync(pipeline.Database, [otp]);
    }

    private static string[] Story(RunningPipeline pipeline, Guid otp) => [.. pipeline.Events.ForOtp(otp).Select(e => e.Status)];

    private static (object Body, string Recipient) Order(string channel, int maxAttempts)
    {
        var (phone, email, chat) = (Recipients.Next(), Recipients.NextEmail(), Recipients.NextChat());
        return (Scripted(channel, phone, email, chat, maxAttempts), channel switch { "email" => email, "telegram" => chat, _ => phone });
    }

    private static object Scripted(string channel, string phoneNumber, string email, string chatId, int maxAttempts = 5) => channel switch
    {
        "email" => new { channel, email, maxAttempts },
        "telegram" => new { channel, chatId, maxAttempts },
        _ => new { channel, phoneNumber, maxAttempts },
    };
}
