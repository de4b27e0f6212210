using System.Net;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Otps;

public sealed class The_plan_of_an_otp
{
    private readonly ApiHost _host;
    private readonly ApiClient _client;

    public The_plan_of_an_otp(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _client = host.Client(host.Shop);
    }

    [Fact]
    public async Task Is_shown_with_its_waits_and_costs_its_first_step()
    {
        var answer = await _client.RequestAsync(new
        {
            phoneNumber = Recipients.Next(),
            email = "m@example.com",
            channels = new object[] { "sms", new { channel = "ussd", waitSeconds = 30 }, "email" },
        });

        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        answer.Json.GetProperty("channel").GetString().ShouldBe("sms");
        answer.Json.GetProperty("channels").GetRawText().ShouldBe(
            """[{"channel":"sms","waitSeconds":0},{"channel":"ussd","waitSeconds":30},{"channel":"email","waitSeconds":60}]""");
        answer.Json.GetProperty("cost").GetDecimal().ShouldBe(0.1m);
        (await _client.ReadAsync(answer.Json.GetProperty("otpId").GetGuid())).Json.GetProperty("channels").GetArrayLength().ShouldBe(3);
    }

    [Fact]
    public async Task Of_one_step_is_not_shown()
    {
        var answer = await _client.RequestAsync(new { phoneNumber = Recipients.Next(), channels = new[] { "sms" } });

        answer.Json.TryGetProperty("channels", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"phoneNumber":"+33612246400","channels":"sms"}""", 2137)]
    [InlineData("""{"phoneNumber":"+33612246400","channels":["sms","pigeon"]}""", 2137)]
    [InlineData("""{"phoneNumber":"+33612246400","channels":["sms",{"channel":"call","waitSeconds":1}]}""", 2137)]
    [InlineData("""{"phoneNumber":"+33612246400","channels":["sms",{"channel":"email","recipient":"x"}]}""", 2137)]
    [InlineData("""{"phoneNumber":"+33612246400","channel":"sms","channels":["sms","call"]}""", 2137)]
    [InlineData("""{"phoneNumber":"+33612246400","channels":["sms","email"]}""", 2103)]
    public async Task Is_refused_with_its_code(string body, int code)
    {
        var refused = await _client.RequestAsync(body);

        ((int)refused.Status, refused.Json.GetProperty("error").GetProperty("code").GetInt32()).ShouldBe((400, code), refused.Text);
    }

    [Fact]
    public async Task Goes_on_by_command_as_long_as_it_has_steps()
    {
        var id = await WithPlanAsync();

        var next = await NextAsync(id, "click-1");
        var again = await NextAsync(id, "click-1");

        next.Status.ShouldBe(HttpStatusCode.Accepted, next.Text);
        again.Status.ShouldBe(HttpStatusCode.Accepted);
        next.Json.GetProperty("deliveries").EnumerateArray()
            .Select(d => (d.GetProperty("step").GetInt32(), d.GetProperty("channel").GetString(), d.GetProperty("status").GetString()))
            .ShouldBe([(1, "sms", "QUEUED"), (2, "call", "QUEUED")]);
        (await NextAsync(id)).ShouldBeRefused(
            409, "access_denied", 2135, "The plan of this OTP has no further step: resend the current one, or request a new OTP");
        (await _client.ReadAsync(id)).Json.GetProperty("deliveries").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task Goes_on_for_no_otp_that_is_over_unknown_or_anothers()
    {
        var verified = await WithPlanAsync();
        await _client.VerifyAsync(verified, await _host.PinOfAsync(verified));
        var expired = await WithPlanAsync();
        await _host.LetExpireAsync(expired);
        var other = await WithPlanAsync();

        (await NextAsync(verified)).ShouldBeRefused(400, "otp_verified", 2023, "The OTP was already verified");
        (await NextAsync(expired)).ShouldBeRefused(400, "otp_expired", 2025, "The OTP has expired");
        (await NextAsync("nonsense")).ShouldBeRefused(404, "not_found", 2021, "Otp ID not found");
        (await _host.Client(_host.OtherShop).SendAsync(HttpMethod.Post, $"/otp/{other}/next"))
            .ShouldBeRefused(404, "not_found", 2021, "Otp ID not found");
    }

    [Fact]
    public async Task Sends_no_step_again_that_has_not_started()
    {
        var id = await WithPlanAsync();

        var refused = await _client.SendAsync(
            HttpMethod.Post, $"/otp/{id}/resend", new StringContent("""{"channel":"call"}"""), "application/json");

        refused.ShouldBeRefused(
            409, "access_denied", 2136,
            "The step on 'channel' has not started: POST /otp/{otpId}/next starts the next step before its wait is over");
    }

    private async Task<Guid> WithPlanAsync()
    {
        var answer = await _client.RequestAsync(new { phoneNumber = Recipients.Next(), channels = new[] { "sms", "call" } });
        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        return answer.Json.GetProperty("otpId").GetGuid();
    }

    private Task<Answer> NextAsync(object id, string? key = null) =>
        _client.SendAsync(HttpMethod.Post, $"/otp/{id}/next", idempotencyKey: key);
}
