using Microsoft.AspNetCore.Http;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Callbacks;

/// <summary>What happens to a callback that a subscriber does not take, and what callers and operators can do about it.</summary>
[Collection(nameof(CallbackPipeline))]
public sealed class Parking_and_replaying(CallbackPipeline shared) : WithSubscriber(shared)
{
    [Fact]
    public async Task Tries_again_with_the_same_bytes_then_parks_and_sends_again_when_asked()
    {
        Subscriber.Answers["/down"] = http =>
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

        using var other = new Client(CallbackPipeline.OtherKey, () => [Pipeline.Apis[0].Address]);
        (await other.ReadAsync($"otp/{otpId}/callbacks"))
            .ShouldSatisfyAllConditions(a => a.Status.ShouldBe(404), a => a.Code.ShouldBe(2021));
        (await other.PostTextAsync($"otp/{otpId}/callbacks/{id}/replay", ""))
            .ShouldSatisfyAllConditions(a => a.Status.ShouldBe(404), a => a.Code.ShouldBe(2021));
        (await Pipeline.Client.PostTextAsync($"otp/{otpId}/callbacks/{Guid.NewGuid()}/replay", "")).Status.ShouldBe(404);

        Subscriber.Answers.TryRemove("/down", out _);
        (await Pipeline.Client.PostTextAsync($"otp/{otpId}/callbacks/{id}/replay", "")).Status.ShouldBe(202);
        var delivered = await ListAsync(otpId, c => c.GetProperty("status").GetString() is "DELIVERED");

        delivered.GetProperty("attempts").GetArrayLength().ShouldBe(4);
        delivered.GetProperty("reason").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        var all = Subscriber.At("/down");
        all.Count.ShouldBe(4);
        all.Select(c => (c.WebhookId, c.Body)).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Ends_at_410_until_an_operator_sends_a_range_again()
    {
        Subscriber.Answers["/gone"] = http =>
        {
            http.Response.StatusCode = 410;
            return Task.CompletedTask;
        };
        var otpId = await WithCancelledOtpAsync("/gone");
        var parked = await ListAsync(otpId, c => c.GetProperty("status").GetString() is "PARKED");
        parked.GetProperty("reason").GetString().ShouldBe("gone");
        Subscriber.At("/gone").Count.ShouldBe(1);

        using var admin = new Client(CallbackPipeline.AdminKey, () => [Pipeline.Apis[0].Address]);
        var page = await admin.ReadAsync($"admin/callbacks?status=parked&application={Pipeline.ApplicationId}");
        page.Status.ShouldBe(200, page.Text);
        page.Body.GetProperty("data").EnumerateArray()
            .ShouldContain(c => c.GetProperty("otpId").GetGuid() == otpId && c.GetProperty("reason").GetString() == "gone");
        (await admin.ReadAsync($"admin/callbacks?application={CallbackPipeline.Other}")).Body.GetProperty("data").GetArrayLength()
            .ShouldBe(0);
        (await admin.ReadAsync("admin/callbacks?to=2020-01-01T00:00:00Z")).Body.GetProperty("data").GetArrayLength().ShouldBe(0);

        Subscriber.Answers.TryRemove("/gone", out _);
        (await admin.PostTextAsync("admin/callbacks/replay", "{}")).Status.ShouldBe(400);
        (await admin.PostTextAsync("admin/callbacks/replay", """{"status":"broken"}""")).Status.ShouldBe(400);
        (await admin.PostTextAsync("admin/callbacks/replay", """{"to":"2020-01-01T00:00:00Z"}""")).Body.GetProperty("count").GetInt32()
            .ShouldBe(0);
        var from = (await Pipeline.Database.ClockAsync()).AddMinutes(-5);
        var replayed = await admin.PostTextAsync(
            "admin/callbacks/replay", $$"""{"application":"{{Pipeline.ApplicationId}}","from":"{{from:O}}"}""");

        replayed.Status.ShouldBe(202, replayed.Text);
        replayed.Body.GetProperty("count").GetInt32().ShouldBeGreaterThanOrEqualTo(1);
        await ListAsync(otpId, c => c.GetProperty("status").GetString() is "DELIVERED");
        var single = await admin.PostTextAsync($"admin/callbacks/{parked.GetProperty("id").GetGuid()}/replay", "");
        single.Status.ShouldBe(202, single.Text);
        await Subscriber.UntilAsync("/gone", 3);
    }

    [Fact]
    public async Task Opens_admin_to_the_operators_key_alone()
    {
        foreach (var key in new[] { "", "wrong-key-wrong-key-wrong", Pipeline.Key })
        {
            using var nobody = new Client(key, () => [Pipeline.Apis[0].Address]);
            var refused = await nobody.ReadAsync("admin/callbacks");
            refused.Status.ShouldBe(401);
            refused.Body.GetProperty("code").GetInt32().ShouldBe(2110);
            refused.Body.GetProperty("status").GetInt32().ShouldBe(401);
        }

        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", CallbackPipeline.AdminKey);
        using var answer = await http.GetAsync(new Uri(Pipeline.Apis[0].Address, "admin/callbacks?cursor=nonsense"));
        ((int)answer.StatusCode).ShouldBe(400);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }
}
