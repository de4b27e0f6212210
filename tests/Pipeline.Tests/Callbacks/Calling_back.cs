using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using StandardWebhooks;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Callbacks;

/// <summary>From the end of an OTP to a subscriber and back, over real hosts.</summary>
[Collection(nameof(CallbackPipeline))]
public sealed class Calling_back(CallbackPipeline shared) : WithSubscriber(shared)
{
    [Fact]
    public async Task Tells_the_end_of_an_OTP_once_signed_with_both_secrets()
    {
        var otpId = await WithCancelledOtpAsync("/once");

        var callback = (await Subscriber.UntilAsync("/once", 1)).Single();

        callback.OtpId.ShouldBe(otpId);
        callback.Status.ShouldBe("CANCELLED");
        var told = await Eventually.Get(
            () => Task.FromResult(Pipeline.Events.ForOtp(otpId).Find(e => e.IsStatus)), "the event of the same change arrives");
        callback.Sequence.ShouldBe(told.Sequence);
        callback.Signature.Split(' ').ShouldBe([Sign(CallbackPipeline.NewSecret, callback), Sign(CallbackPipeline.OldSecret, callback)]);
        var listed = await ListAsync(otpId, c => c.GetProperty("status").GetString() is "DELIVERED");
        listed.GetProperty("id").GetString().ShouldBe(callback.WebhookId);
        var attempt = listed.GetProperty("attempts").EnumerateArray().ShouldHaveSingleItem();
        attempt.GetProperty("number").GetInt32().ShouldBe(1);
        attempt.GetProperty("httpStatus").GetInt32().ShouldBe(200);
        attempt.GetProperty("answer").GetString().ShouldBe("thanks");
        attempt.GetProperty("durationMs").GetInt32().ShouldBeInRange(0, 15_000);
        Subscriber.At("/once").Count.ShouldBe(1);
    }

    [Fact]
    public async Task Waits_as_long_as_theSubscriber_asks()
    {
        var calls = 0;
        Subscriber.Answers["/later"] = http =>
        {
            http.Response.StatusCode = Interlocked.Increment(ref calls) == 1 ? 429 : 204;
            http.Response.Headers.RetryAfter = "3";
            return Task.CompletedTask;
        };
        await WithCancelledOtpAsync("/later");

        var both = await Subscriber.UntilAsync("/later", 2);

        (both[1].ArrivedAt - both[0].ArrivedAt).ShouldBeInRange(TimeSpan.FromSeconds(2.9), TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task Never_tells_the_PIN()
    {
        var recipient = Recipients.Next();
        var otpId = await Pipeline.RequestAsync(
            new { phoneNumber = recipient, otpCallbackUrl = Subscriber.Url("/pin"), pinType = "letters", pinLength = 10 });
        var pin = await Pipeline.Sandbox.PinAsync(recipient);
        (await Pipeline.Client.VerifyAsync(otpId, pin)).Status.ShouldBe(200);

        (await Subscriber.UntilAsync("/pin", 1)).Single()
            .ShouldSatisfyAllConditions(c => c.Status.ShouldBe("VERIFIED"), c => c.Body.ShouldNotContain(pin));
        await ListAsync(otpId, c => c.GetProperty("status").GetString() is "DELIVERED");
        foreach (var table in new[] { "callbacks", "callback_attempts" })
        {
            var rows = await Pipeline.Database.ReadAsync(
                r => r.GetString(0), $"SELECT encode(convert_to(t::text, 'UTF8'), 'escape') FROM {table} t");
            rows.ShouldNotBeEmpty();
            foreach (var secret in new[] { pin, recipient[1..], "/pin", Convert.ToHexStringLower(Encoding.UTF8.GetBytes(pin)), Convert.ToHexStringLower(Encoding.UTF8.GetBytes(recipient)) })
            {
                rows.ShouldAllBe(row => !row.Contains(secret, StringComparison.Ordinal), $"{table} shows nothing in clear");
            }
        }
    }

    [Fact]
    public async Task Makes_one_callback_of_an_event_that_comes_twice()
    {
        var otpId = await WithCancelledOtpAsync("/twice");
        await Subscriber.UntilAsync("/twice", 1);
        var status = await Eventually.Get(() => Task.FromResult(Pipeline.Events.ForOtp(otpId).Find(e => e.IsStatus)), "the event arrives");

        // The same message, then another one of the same change, then a stranger's; a later one shows that all were read.
        await PublishAsync(status.MessageId, status.Body.GetRawText());
        await PublishAsync(Guid.NewGuid().ToString(), status.Body.GetRawText());
        await PublishAsync(null, status.Body.GetRawText());
        await WithCancelledOtpAsync("/after");
        await Subscriber.UntilAsync("/after", 1);

        (await Pipeline.Database.CountAsync("callbacks WHERE otp_id = $1", otpId)).ShouldBe(1);
        Subscriber.At("/twice").Count.ShouldBe(1);
    }

    [Fact]
    public async Task Shows_at_the_sandbox_what_its_ownSubscriber_got()
    {
        var otpId = await Pipeline.RequestAsync(
            new { phoneNumber = Recipients.Next(), otpCallbackUrl = new Uri(Pipeline.Apis[0].Address, "sandbox/callbacks/mine") });
        (await Pipeline.Client.CancelAsync(otpId)).Status.ShouldBe(200);

        var shown = await Eventually.Get(
            async () =>
                (await Pipeline.Client.ReadAsync($"sandbox/callbacks?otpId={otpId}")) is { Status: 200 } answer && answer.Body
                    .GetArrayLength() == 1 ? answer : null,
            "the sandbox shows the callback");

        var callback = shown.Body[0];
        callback.GetProperty("path").GetString().ShouldBe("/sandbox/callbacks/mine");
        var headers = callback.GetProperty("headers");
        var received = new ReceivedCallback(
            "", headers.GetProperty("webhook-id").GetString()!, headers.GetProperty("webhook-timestamp").GetString()!, "",
            callback.GetProperty("body").GetString()!, default);
        headers.GetProperty("webhook-signature").GetString()!.Split(' ')[0].ShouldBe(Sign(CallbackPipeline.NewSecret, received));
        using var other = new Client(CallbackPipeline.OtherKey, () => [Pipeline.Apis[0].Address]);
        (await other.ReadAsync($"sandbox/callbacks?otpId={otpId}")).Body.GetArrayLength().ShouldBe(0);
        (await other.PostTextAsync("sandbox/callbacks", """{"data":[{"otpId":"00000000-0000-0000-0000-000000000001"}]}""")).Status
            .ShouldBe(204, "whether an OTP exists is nobody's business");
    }

    private static string Sign(string secret, ReceivedCallback callback) => new StandardWebhook(secret).Sign(
        callback.WebhookId, DateTimeOffset.FromUnixTimeSeconds(long.Parse(callback.Timestamp, CultureInfo.InvariantCulture)),
        callback.Body);

    private async Task PublishAsync(string? messageId, string body)
    {
        await using var connection = await new RabbitMQ.Client.ConnectionFactory { Uri = Pipeline.Broker }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var properties = new RabbitMQ.Client.BasicProperties { MessageId = messageId, ContentType = "application/json" };
        await channel.BasicPublishAsync("otp-status-changed", "x", mandatory: true, properties, Encoding.UTF8.GetBytes(body));
    }
}
