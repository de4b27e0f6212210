using System.Net;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Otps;

public sealed class Fields_that_a_request_does_not_have
{
    private readonly ApiHost _host;
    private readonly ApiClient _client;

    public Fields_that_a_request_does_not_have(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _client = host.Client(host.Shop);
    }

    [Fact]
    public async Task Are_named_in_the_order_of_the_body_and_their_values_are_not()
    {
        var answer = await RequestAsync(
            """
            "phonenumber":"SECRET","Ttl":60,"metadata":{"inner":1},"applicationId":{"a":["SECRET"]}
            """);

        Warnings(answer).ShouldBe(
        [
            "The field 'phonenumber' is unknown and was ignored", "The field 'Ttl' is unknown and was ignored",
            "The field 'applicationId' is unknown and was ignored",
        ]);
        answer.Text.ShouldNotContain("SECRET");
        answer.Json.GetProperty("ttl").GetInt32().ShouldBe(300);
    }

    [Fact]
    public async Task Are_not_mentioned_where_there_are_none_or_an_OTP_is_read()
    {
        (await RequestAsync("\"ttl\":60")).Json.TryGetProperty("warnings", out _).ShouldBeFalse();
        var id = (await RequestAsync("\"x\":1")).Json.GetProperty("otpId").GetGuid();
        (await _client.ReadAsync(id)).Json.TryGetProperty("warnings", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Are_ten_at_most_and_each_is_cut_after_forty_characters()
    {
        var long40 = new string('n', 39) + "\ud83d\ude00" + new string('n', 1000);
        var many = string.Concat(Enumerable.Range(0, 60).Select(i => $",\"f{i}\":0"));

        var warnings = Warnings(await RequestAsync($"\"{long40}\":1{many}"));

        warnings.Length.ShouldBe(11);
        warnings[0].ShouldBe($"The field '{new string('n', 39)}...' is unknown and was ignored");
        warnings[9].ShouldBe("The field 'f8' is unknown and was ignored");
        warnings[10].ShouldBe("51 further fields are unknown and were ignored");
    }

    [Fact]
    public async Task Come_again_with_the_answer_to_the_same_command()
    {
        var (body, key) = ($"{{\"phoneNumber\":\"{Recipients.Next()}\",\"x\":1}}", Guid.NewGuid().ToString());
        var first = await _client.RequestAsync(body, idempotencyKey: key);

        (await _client.RequestAsync(body, idempotencyKey: key)).Text.ShouldBe(first.Text);
        Warnings(first).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Are_named_in_a_step_of_the_plan_and_in_a_resend_and_a_start_of_the_next_step()
    {
        var answer = await RequestAsync(
            """
            "x":1,"channels":["sms",{"channel":"call","waitSecond":600}]
            """);
        var id = answer.Json.GetProperty("otpId").GetGuid();
        await _host.QueryAsync(db => db.Database.ExecuteSqlAsync(
            $"UPDATE deliveries SET status = 'SENT', created_at = created_at - interval '1 hour' WHERE otp_id = {id}"));

        var resent = await PostAsync($"/otp/{id}/resend", """{"channel":"sms","policy":"SECRET"}""");
        var started = await PostAsync($"/otp/{id}/next", """{"channel":"SECRET"}""");

        Warnings(answer).ShouldBe(
            ["The field 'x' is unknown and was ignored", "The field 'channels[1].waitSecond' is unknown and was ignored"]);
        Warnings(resent).ShouldBe(["The field 'policy' is unknown and was ignored"]);
        Warnings(started).ShouldBe(["The field 'channel' is unknown and was ignored"]);
        (resent.Text + started.Text).ShouldNotContain("SECRET");
    }

    private async Task<Answer> PostAsync(string path, string body)
    {
        var answer = await _client.SendAsync(HttpMethod.Post, path, new StringContent(body), "application/json");
        answer.Status.ShouldBe(HttpStatusCode.Accepted, answer.Text);
        return answer;
    }

    private async Task<Answer> RequestAsync(string fields)
    {
        var answer = await _client.RequestAsync($"{{\"phoneNumber\":\"{Recipients.Next()}\",{fields}}}");
        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        return answer;
    }

    private static string[] Warnings(Answer answer) =>
        [.. answer.Json.GetProperty("warnings").EnumerateArray().Select(w => w.GetString()!)];
}
