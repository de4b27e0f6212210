using System.Net;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Otps;

public sealed class Sending_an_otp_again
{
    private readonly ApiHost _host;
    private readonly ApiClient _client;

    public Sending_an_otp_again(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _client = host.Client(host.Shop);
    }

    [Fact]
    public async Task Adds_an_attempt_and_shows_how_many_resends_are_left()
    {
        var id = await WithSentOtpAsync();

        var again = await ResendAsync(id);

        again.Status.ShouldBe(HttpStatusCode.Accepted, again.Text);
        again.Json.GetProperty("resendsLeft").GetInt32().ShouldBe(2);
        again.Json.GetProperty("deliveries").EnumerateArray()
            .Select(d => (d.GetProperty("step").GetInt32(), d.GetProperty("attempt").GetInt32(), d.GetProperty("resend").GetBoolean()))
            .ShouldBe([(1, 1, false), (1, 2, true)]);
        var read = (await _client.ReadAsync(id)).Json;
        read.GetProperty("resendsLeft").GetInt32().ShouldBe(2);
        read.GetProperty("dateExpires").GetString().ShouldBe(again.Json.GetProperty("dateExpires").GetString());
    }

    [Fact]
    public async Task Waits_for_the_cooldown_and_ends_after_the_third_time()
    {
        var id = await WithSentOtpAsync();
        for (var i = 0; i < 3; i++)
        {
            (await ResendAsync(id)).Status.ShouldBe(HttpStatusCode.Accepted);
            var soon = (await ResendAsync(id)).ShouldBeRefused(
                i == 2 ? 409 : 429, i == 2 ? "access_denied" : "rate_limit", i == 2 ? 2132 : 2131,
                i == 2
                    ? "The OTP was sent again as often as the application allows: request a new OTP"
                    : "This OTP was sent a moment ago");
            soon["Retry-After"].ShouldBe(i == 2 ? null : "30");
            await AreSentAsync(id);
        }

        (await ResendAsync(id)).Json.GetProperty("error").GetProperty("code").GetInt32().ShouldBe(2132);
        (await _client.ReadAsync(id)).Json.GetProperty("deliveries").GetArrayLength().ShouldBe(4);
    }

    [Fact]
    public async Task Happens_once_under_the_same_idempotency_key()
    {
        var id = await WithSentOtpAsync();

        var answers = new List<Answer>();
        for (var i = 0; i < 3; i++)
        {
            answers.Add(await ResendAsync(id, key: "click-1"));
        }

        answers.ShouldAllBe(a => a.Status == HttpStatusCode.Accepted && a.Json.GetProperty("resendsLeft").GetInt32() == 2);
        (await ResendAsync(id, """{"channel":"sms"}""", "click-1")).Json.GetProperty("error").GetProperty("code").GetInt32().ShouldBe(2131);
    }

    [Fact]
    public async Task Counts_as_a_send_to_the_recipient()
    {
        var strict = _host.Client(_host.StrictToo);
        var requested = await strict.RequestAsync(new { phoneNumber = Recipients.Next(), from = "Shop", template = "{{pin}}", pinType = "numbers", channel = "call" });
        var id = requested.Json.GetProperty("otpId").GetGuid();
        await AreSentAsync(id);
        (await SendAsync(strict, id)).Status.ShouldBe(HttpStatusCode.Accepted);
        await AreSentAsync(id);

        var third = (await SendAsync(strict, id)).ShouldBeRefused(
            429, "rate_limit", 2122, "Too many OTPs were requested for this recipient in one hour");

        third["Retry-After"].ShouldNotBeNull();
    }

    [Fact]
    public async Task Costs_again_and_stops_at_the_spending_limit()
    {
        var strict = _host.Client(_host.StrictToo);
        var requested = await strict.RequestAsync(new { phoneNumber = Recipients.Next(), from = "Shop", template = "{{pin}}", pinType = "numbers" });
        requested.Json.GetProperty("cost").GetDecimal().ShouldBe(0.1m);
        var id = requested.Json.GetProperty("otpId").GetGuid();
        await AreSentAsync(id);
        await _host.QueryAsync(db => db.Database.ExecuteSqlAsync(
            $"UPDATE application_spendings SET spent = 0.15 WHERE application_id = {_host.StrictToo.Id}"));

        (await SendAsync(strict, id)).ShouldBeRefused(
            400, "insufficient_credit", 2113, "The spending limit of the application is reached for today");

        await _host.QueryAsync(db => db.Database.ExecuteSqlAsync(
            $"UPDATE application_spendings SET spent = 0 WHERE application_id = {_host.StrictToo.Id}"));
        (await SendAsync(strict, id)).Status.ShouldBe(HttpStatusCode.Accepted);
        (await _host.QueryAsync(db => db.Database.SqlQuery<decimal>(
            $"SELECT spent AS \"Value\" FROM application_spendings WHERE application_id = {_host.StrictToo.Id}").ToListAsync())).ShouldBe([0.1m]);
    }

    [Theory]
    [InlineData("""{"channel":"pigeon"}""", 400, 2102)]
    [InlineData("""{"channel":"call"}""", 400, 2134)]
    [InlineData("""{"resendPolicy":"sometimes"}""", 400, 2134)]
    [InlineData("""{"resendPolicy":["new"]}""", 400, 2134)]
    [InlineData("""{"resendPolicy":"new"}""", 400, 2134)]
    [InlineData("[]", 400, 2101)]
    [InlineData("{", 400, 2101)]
    public async Task Is_refused_with_a_body_that_is_not_valid_and_changes_nothing(string body, int status, int code)
    {
        var id = await WithSentOtpAsync();

        var refused = await ResendAsync(id, body);

        ((int)refused.Status, refused.Json.GetProperty("error").GetProperty("code").GetInt32()).ShouldBe((status, code), refused.Text);
        (await _client.ReadAsync(id)).Json.GetProperty("deliveries").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Is_refused_for_an_otp_that_is_over_unknown_or_anothers()
    {
        var verified = await WithSentOtpAsync();
        await _client.VerifyAsync(verified, await _host.PinOfAsync(verified));
        var cancelled = await WithSentOtpAsync();
        await _client.CancelAsync(cancelled);
        var expired = await WithSentOtpAsync();
        await _host.LetExpireAsync(expired);

        (await ResendAsync(verified)).ShouldBeRefused(400, "otp_verified", 2023, "The OTP was already verified");
        (await ResendAsync(cancelled)).ShouldBeRefused(400, "otp_cancelled", 2024, "The OTP was canceled");
        (await ResendAsync(expired)).ShouldBeRefused(400, "otp_expired", 2025, "The OTP has expired");
        (await ResendAsync("nonsense")).ShouldBeRefused(404, "not_found", 2021, "Otp ID not found");
        (await ResendAsync(Guid.NewGuid())).ShouldBeRefused(404, "not_found", 2021, "Otp ID not found");
        (await SendAsync(_host.Client(_host.OtherShop), await WithSentOtpAsync())).ShouldBeRefused(404, "not_found", 2021, "Otp ID not found");
    }

    private async Task<Guid> WithSentOtpAsync()
    {
        var id = await _client.WithRequestedOtpAsync();
        await AreSentAsync(id);
        return id;
    }

    /// <summary>As a worker leaves it an hour ago.</summary>
    private Task<int> AreSentAsync(Guid id) => _host.QueryAsync(db => db.Database.ExecuteSqlAsync(
        $"UPDATE deliveries SET status = 'SENT', created_at = created_at - interval '1 hour' WHERE otp_id = {id}"));

    private Task<Answer> ResendAsync(object id, string? body = null, string? key = null) => SendAsync(_client, id, body, key);

    private static Task<Answer> SendAsync(ApiClient client, object id, string? body = null, string? key = null) => client.SendAsync(
        HttpMethod.Post, $"/otp/{id}/resend", body is null ? null : new StringContent(body), "application/json", key);
}
