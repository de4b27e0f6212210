using System.Net;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Middleware;

public sealed class A_path_or_method_that_does_not_exist
{
    private readonly ApiHost _host;
    private readonly ApiClient _client;

    public A_path_or_method_that_does_not_exist(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _client = host.Client(host.Shop);
    }

    [Theory]
    [InlineData("/otps")]
    [InlineData("/otp/a/b/c")]
    [InlineData("/docs/nothing")]
    public async Task Is_not_found(string path) =>
        (await _client.GetAsync(path)).ShouldBeRefused(404, "not_found", 2021, "Not found");

    [Theory]
    [InlineData("PUT", "/otp", "GET, POST")]
    [InlineData("DELETE", "/otp", "GET, POST")]
    [InlineData("PUT", "/otp/a17fb13d-f4ac-4d93-9439-ef41ab8de390", "DELETE, GET, HEAD, POST")]
    [InlineData("PATCH", "/otp/nonsense", "DELETE, GET, HEAD, POST")]
    public async Task Is_not_allowed(string method, string path, string allow)
    {
        var answer = await _client.SendAsync(HttpMethod.Parse(method), path);

        answer.ShouldBeRefused(405, "invalid_method", 2114, "The method is not allowed here");
        answer["Allow"].ShouldBe(allow);
    }

    [Theory]
    [InlineData("POST", "/otp/")]
    [InlineData("POST", "/OTP/")]
    [InlineData("GET", "/otp/")]
    [InlineData("DELETE", "/otp/")]
    public async Task Is_an_OTP_with_an_empty_id(string method, string path)
    {
        var made = await _host.Admin().WithApplicationAsync();
        var body = new StringContent($$"""{"phoneNumber":"{{Recipients.Next()}}","pin":"1234"}""");
        var answer = await _host.Client(made.Tenant).SendAsync(HttpMethod.Parse(method), path, body, "application/json");

        answer.ShouldBeRefused(404, "not_found", 2021, "Not found");
        (await _host.QueryAsync(db => db.Otps.CountAsync(o => o.ApplicationId == made.Tenant.Id))).ShouldBe(0);
    }

    [Fact]
    public async Task Is_told_by_OPTIONS()
    {
        var answer = await _client.SendAsync(HttpMethod.Options, "/otp");

        answer.Status.ShouldBe(HttpStatusCode.NoContent);
        answer["Allow"].ShouldBe("GET, POST");
    }

    [Fact]
    public async Task Is_not_HEAD_of_an_otp()
    {
        var id = await _client.WithRequestedOtpAsync();

        var answer = await _client.SendAsync(HttpMethod.Head, $"/otp/{id}");

        answer.Status.ShouldBe(HttpStatusCode.OK);
        answer.Text.ShouldBeEmpty();
    }

    [Fact]
    public async Task Leaves_nothing_of_path_and_query_in_the_logs()
    {
        await _client.GetAsync("/otp/PIN-8237461?pin=8237461");
        await _client.GetAsync("/nowhere/8237461?pin=8237461");
        await _client.VerifyAsync("8237461", """{"pin":"8237461"}""");

        _host.Logs.Lines.Where(
            l => l.Category.StartsWith("OtpPipeline", StringComparison.Ordinal)
                && l.Text.Contains("8237461", StringComparison.Ordinal)).ShouldBeEmpty();
    }
}
