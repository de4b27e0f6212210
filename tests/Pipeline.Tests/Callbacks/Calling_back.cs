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
public sealed class Calling_back(CallbackPipeline shared) : IAsyncLifetime
{
    private RunningPipeline _pipeline = null!;
    private Subscriber _subscriber = null!;

    public async ValueTask InitializeAsync()
    {
        _pipeline = await shared.GetAsync();
        _subscriber = await Subscriber.StartAsync();
    }

    public async ValueTask DisposeAsync() => await _subscriber.DisposeAsync();

    [Fact]
    public async Task Tells_the_end_of_an_OTP_once_signed_with_both_secrets()
    {
        var otpId = await WithCancelledOtpAsync("/once");

        var callback = (await _subscriber.UntilAsync("/once", 1)).Single();

        callback.OtpId.ShouldBe(otpId);
        callback.Status.ShouldBe("CANCELLED");
        var told = await Eventually.Get(
            () => Task.FromResult(_pipeline.Events.ForOtp(otpId).Find(e => e.IsStatus)), "the event of the same change arrives");
        callback.Sequence.ShouldBe(told.Sequence);
        callback.Signature.Split(' ').ShouldBe([Sign(CallbackPipeline.NewSecret, callback), Sign(CallbackPipeline.OldSecret, callback)]);
        var listed = await ListAsync(otpId, c => c.GetProperty("status").GetString() is "DELIVERED");
        listed.GetProperty("id").GetString().ShouldBe(callback.WebhookId);
        var attempt = listed.GetProperty("attempts").EnumerateArray().ShouldHaveSingleItem();
        attempt.GetProperty("number").GetInt32().ShouldBe(1);
        attempt.GetProperty("httpStatus").GetInt32().ShouldBe(200);
        attempt.GetProperty("answer").GetString().ShouldBe("thanks");
        attempt.GetProperty("durationMs").GetInt32().ShouldBeInRange(0, 15_000);
        _subscriber.At("/once").Count.ShouldBe(1);
    }

    [Fact]
    public async Task Tries_again_with_the_same_bytes_then_parks_and_sends_again_when_asked()
    {
        _subscriber.Answers["/down"] = http =>
        {
            http.Response.StatusCode = 500;
            return http.Response.WriteAsync("out of order");
        };
        var otpId = await WithCancelledOtpAsync("/down");
        var parked = await ListAsync(otpId, c => c.GetProperty("status").GetString() is "PARKED");
        var id = parked.GetProperty("id").GetGuid();
        parked.GetProperty("reason").GetString().ShouldBe("attempts_exhausted");
        parked.GetProperty("attempts").EnumerateArray().Select(a => a.GetProperty("answer").GetString())
            .ShouldBe(["out of order", "out of order", "out of order"]);

        using var other = new Client(CallbackPipeline.OtherKey, () => [_pipeline.Apis[0].Address]);
        (await other.ReadAsync($"otp/{otpId}/callbacks"))
            .ShouldSatisfyAllConditions(a => a.Status.ShouldBe(404), a => a.Code.ShouldBe(2021));
        (await other.PostTextAsync($"otp/{otpId}/callbacks/{id}/replay", ""))
            .ShouldSatisfyAllConditions(a => a.Status.ShouldBe(404), a => a.Code.ShouldBe(2021));
        (await _pipeline.Client.PostTextAsync($"otp/{otpId}/callbacks/{Guid.NewGuid()}/replay", "")).Status.ShouldBe(404);

        _subscriber.Answers.TryRemove("/down", out _);
        (await _pipeline.Client.PostTextAsync($"otp/{otpId}/callbacks/{id}/replay", "")).Status.ShouldBe(202);
        var delivered = await ListAsync(otpId, c => c.GetProperty("status").GetString() is "DELIVERED");

        delivered.GetProperty("attempts").GetArrayLength().ShouldBe(4);
        delivered.GetProperty("reason").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        var all = _subscriber.At("/down");
        all.Count.ShouldBe(4);
        all.Select(c => (c.WebhookId, c.Body)).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Ends_at_410_until_an_operator_sends_a_range_again()
    {
        _subscriber.Answers["/gone"] = http =>
        {
            http.Response.StatusCode = 410;
            return Task.CompletedTask;
        };
        var otpId = await WithCancelledOtpAsync("/gone");
        var parked = await ListAsync(otpId, c => c.GetProperty("status").GetString() is "PARKED");
        parked.GetProperty("reason").GetString().ShouldBe("gone");
        _subscriber.At("/gone").Count.ShouldBe(1);

        using var admin = new Client(CallbackPipeline.AdminKey, () => [_pipeline.Apis[0].Address]);
        var page = await admin.ReadAsync($"admin/callbacks?status=parked&application={_pipeline.ApplicationId}");
        page.Status.ShouldBe(200, page.Text);
        page.Body.GetProperty("data").EnumerateArray()
            .ShouldContain(c => c.GetProperty("otpId").GetGuid() == otpId && c.GetProperty("reason").GetString() == "gone");
        (await admin.ReadAsync($"admin/callbacks?application={CallbackPipeline.Other}")).Body.GetProperty("data").GetArrayLength()
            .ShouldBe(0);
        (await admin.ReadAsync("admin/callbacks?to=2020-01-01T00:00:00Z")).Body.GetProperty("data").GetArrayLength().ShouldBe(0);

        _subscriber.Answers.TryRemove("/gone", out _);
        (await admin.PostTextAsync("admin/callbacks/replay", "{}")).Status.ShouldBe(400);
        (await admin.PostTextAsync("admin/callbacks/replay", """{"status":"broken"}""")).Status.ShouldBe(400);
        (await admin.PostTextAsync("admin/callbacks/replay", """{"to":"2020-01-01T00:00:00Z"}""")).Body.GetProperty("count").GetInt32()
            .ShouldBe(0);
        var from = (await _pipeline.Database.ClockAsync()).AddMinutes(-5);
        var replayed = await admin.PostTextAsync(
            "admin/callbacks/replay", $$"""{"application":"{{_pipeline.ApplicationId}}","from":"{{from:O}}"}""");

        replayed.Status.ShouldBe(202, replayed.Text);
        replayed.Body.GetProperty("count").GetInt32().ShouldBeGreaterThanOrEqualTo(1);
        await ListAsync(otpId, c => c.GetProperty("status").GetString() is "DELIVERED");
        var single = await admin.PostTextAsync($"admin/callbacks/{parked.GetProperty("id").GetGuid()}/replay", "");
        single.Status.ShouldBe(202, single.Text);
        await _subscriber.UntilAsync("/gone", 3);
    }

    [Fact]
    public async Task Waits_as_long_as_the_subscriber_asks()
    {
        var calls = 0;
        _subscriber.Answers["/later"] = http =>
        {
            http.Response.StatusCode = Interlocked.Increment(ref calls) == 1 ? 429 : 204;
            http.Response.Headers.RetryAfter = "3";
            return Task.CompletedTask;
        };
        await WithCancelledOtpAsync("/later");

        var both = await _subscriber.UntilAsync("/later", 2);

        (both[1].ArrivedAt - both[0].ArrivedAt).ShouldBeInRange(TimeSpan.FromSeconds(2.9), TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task Opens_admin_to_the_operators_key_alone()
    {
        foreach (var key in new[] { "", "wrong-key-wrong-key-wrong", _pipeline.Key })
        {
            using var nobody = new Client(key, () => [_pipeline.Apis[0].Address]);
            var refused = await nobody.ReadAsync("admin/callbacks");
            refused.Status.ShouldBe(401);
            refused.Body.GetProperty("code").GetInt32().ShouldBe(2110);
            refused.Body.GetProperty("status").GetInt32().ShouldBe(401);
        }

        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", CallbackPipeline.AdminKey);
        using var answer = await http.GetAsync(new Uri(_pipeline.Apis[0].Address, "admin/callbacks?cursor=nonsense"));
        ((int)answer.StatusCode).ShouldBe(400);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task Never_tells_the_PIN()
    {
        var recipient = Recipients.Next();
        var otpId = await _pipeline.RequestAsync(
            new { phoneNumber = recipient, otpCallbackUrl = _subscriber.Url("/pin"), pinType = "letters", pinLength = 10 });
        var pin = await _pipeline.Sandbox.PinAsync(recipient);
        (await _pipeline.Client.VerifyAsync(otpId, pin)).Status.ShouldBe(200);

        (await _subscriber.UntilAsync("/pin", 1)).Single()
            .ShouldSatisfyAllConditions(c => c.Status.ShouldBe("VERIFIED"), c => c.Body.ShouldNotContain(pin));
        await ListAsync(otpId, c => c.GetProperty("status").GetString() is "DELIVERED");
        foreach (var table in new[] { "callbacks", "callback_attempts" })
        {
            var rows = await _pipeline.Database.ReadAsync(
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
        await _subscriber.UntilAsync("/twice", 1);
        var status = await Eventually.Get(() => Task.FromResult(_pipeline.Events.ForOtp(otpId).Find(e => e.IsStatus)), "the event arrives");

        // The same message, then another one of the same change, then a stranger's; a later one shows that all were read.
        await PublishAsync(status.MessageId, status.Body.GetRawText());
        await PublishAsync(Guid.NewGuid().ToString(), status.Body.GetRawText());
        await PublishAsync(null, status.Body.GetRawText());
        await WithCancelledOtpAsync("/after");
        await _subscriber.UntilAsync("/after", 1);

        (await _pipeline.Database.CountAsync("callbacks WHERE otp_id = $1", otpId)).ShouldBe(1);
        _subscriber.At("/twice").Count.ShouldBe(1);
    }

    [Fact]
    public async Task Shows_at_the_sandbox_what_its_own_subscriber_got()
    {
        var otpId = await _pipeline.RequestAsync(
            new { phoneNumber = Recipients.Next(), otpCallbackUrl = new Uri(_pipeline.Apis[0].Address, "sandbox/callbacks/mine") });
        (await _pipeline.Client.CancelAsync(otpId)).Status.ShouldBe(200);

        var shown = await Eventually.Get(
            async () =>
                (await _pipeline.Client.ReadAsync($"sandbox/callbacks?otpId={otpId}")) is { Status: 200 } answer && answer.Body
                    .GetArrayLength() == 1 ? answer : null,
            "the sandbox shows the callback");

        var callback = shown.Body[0];
        callback.GetProperty("path").GetString().ShouldBe("/sandbox/callbacks/mine");
        var headers = callback.GetProperty("headers");
        var received = new ReceivedCallback(
            "", headers.GetProperty("webhook-id").GetString()!, headers.GetProperty("webhook-timestamp").GetString()!, "",
            callback.GetProperty("body").GetString()!, default);
        headers.GetProperty("webhook-signature").GetString()!.Split(' ')[0].ShouldBe(Sign(CallbackPipeline.NewSecret, received));
        using var other = new Client(CallbackPipeline.OtherKey, () => [_pipeline.Apis[0].Address]);
        (await other.ReadAsync($"sandbox/callbacks?otpId={otpId}")).Body.GetArrayLength().ShouldBe(0);
        (await other.PostTextAsync("sandbox/callbacks", """{"data":[{"otpId":"00000000-0000-0000-0000-000000000001"}]}""")).Status
            .ShouldBe(204, "whether an OTP exists is nobody's business");
    }

    private static string Sign(string secret, ReceivedCallback callback) => new StandardWebhook(secret).Sign(
        callback.WebhookId, DateTimeOffset.FromUnixTimeSeconds(long.Parse(callback.Timestamp, CultureInfo.InvariantCulture)),
        callback.Body);

    private async Task<Guid> WithCancelledOtpAsync(string path)
    {
        var otpId = await _pipeline.RequestAsync(new { phoneNumber = Recipients.Next(), otpCallbackUrl = _subscriber.Url(path) });
        (await _pipeline.Client.CancelAsync(otpId)).Status.ShouldBe(200);
        return otpId;
    }

    private async Task<System.Text.Json.JsonElement> ListAsync(Guid otpId, Func<System.Text.Json.JsonElement, bool> settled) =>
        (await Eventually.Get(
        async () =>
        {
            var answer = await _pipeline.Client.ReadAsync($"otp/{otpId}/callbacks");
            answer.Status.ShouldBe(200, answer.Text);
            var data = answer.Body.GetProperty("data");
            return data.GetArrayLength() == 1 && settled(data[0]) ? new Tuple<System.Text.Json.JsonElement>(data[0]) : null;
        },
        "the callback is settled")).Item1;

    private async Task PublishAsync(string? messageId, string body)
    {
        await using var connection = await new RabbitMQ.Client.ConnectionFactory { Uri = _pipeline.Broker }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var properties = new RabbitMQ.Client.BasicProperties { MessageId = messageId, ContentType = "application/json" };
        await channel.BasicPublishAsync("otp-status-changed", "x", mandatory: true, properties, Encoding.UTF8.GetBytes(body));
    }
}
