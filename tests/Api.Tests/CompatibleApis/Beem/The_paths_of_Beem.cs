using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Api.CompatibleApis;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Tests.CompatibleApis.Support;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.CompatibleApis.Beem;

public sealed class The_paths_of_Beem
{
    private const string Pair = "beem-key:beem-secret==";
    private readonly ApiHost _host;
    private readonly CompatibleApiClient _client;

    public The_paths_of_Beem(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _client = host.CompatibleApis();
    }

    [Theory]
    [InlineData("/v1", "/v1")]
    [InlineData("/api/v1", "/v1")]
    [InlineData("/V1", "/API/v1")]
    public async Task Are_the_same_below_api(string first, string second)
    {
        var pinId = (
            await _client.BeemAsync(Pair, $"{first}/request", new { appId = "4711", msisdn = BeemClient.Msisdn() })).ShouldBeSent();

        (await _client.BeemAsync(Pair, $"{second}/verify", new { pinId, pin = await _host.PinOfAsync(pinId) })).ShouldSay(117, "Valid Pin");
    }

    [Theory]
    [InlineData("GET", "/v1/request", 405)]
    [InlineData("PUT", "/v1/verify", 405)]
    [InlineData("DELETE", "/api/v1/verify", 405)]
    [InlineData("POST", "/v1", 404)]
    [InlineData("POST", "/v1/otp", 404)]
    [InlineData("GET", "/api/v1/balance?pin=1", 404)]
    public async Task Answer_what_they_do_not_have_in_the_envelope(string method, string path, int status)
    {
        var answer = await _client.SendAsync(HttpMethod.Parse(method), path, headers: ("Authorization", BasicHeader.From(Pair)));

        answer.ShouldSay(121, "No such call", status);
        answer["Allow"].ShouldBe(status == 405 ? "POST" : null);
    }

    [Theory]
    [InlineData(400, 123, "The request could not be read")]
    [InlineData(401, 120, "Wrong Username or Password")]
    [InlineData(404, 121, "No such call")]
    [InlineData(405, 121, "No such call")]
    [InlineData(415, 123, "The request could not be read")]
    [InlineData(429, 122, "Too many requests")]
    [InlineData(500, 101, "Failed to send SMS")]
    [InlineData(503, 101, "Failed to send SMS")]
    public async Task Word_whatever_is_refused_before_or_behind_a_call(int status, int code, string text)
    {
        var http = new DefaultHttpContext { RequestServices = _host.Services };
        http.Response.Body = new MemoryStream();
        http.Features.Set<IErrorFormat>(_host.Services.GetServices<ICompatibleApi>().Single(d => d.Name is "Beem"));

        await ErrorResponse.WriteAsync(http, ApiErrors.BodyUnreadable, status);

        http.Response.StatusCode.ShouldBe(status);
        http.Response.Body.Position = 0;
        (await new StreamReader(http.Response.Body).ReadToEndAsync(TestContext.Current.CancellationToken))
            .ShouldBe($$$$"""{"data":{"message":{"code":{{{{code}}}},"message":"{{{{text}}}}"}}}""");
    }

    [Fact]
    public async Task Have_a_limit_of_requests_for_each_pair()
    {
        var application = await KnownApplication.MakeAsync(_host, new { limits = new { requestsPerMinute = 3 } });

        // Eight, since a minute of the clock may end in between.
        var answers = new List<Answer>();
        for (var i = 0; i < 8; i++)
        {
            answers.Add(await _client.BeemAsync(application.BeemPair, "/v1/verify", new { pinId = "none", pin = "1" }));
        }

        answers[0].ShouldSay(113, "pinId not found");
        answers[0]["X-Rate-Limit-Limit"].ShouldBe("3");
        answers[0]["X-Rate-Limit-Remaining"].ShouldBe("2");
        var refused = answers.First(a => a.Status == HttpStatusCode.TooManyRequests).ShouldSay(122, "Too many requests", 429);
        int.Parse(refused["Retry-After"]!).ShouldBeInRange(1, 60);
        (await _client.BeemAsync(Pair, "/v1/verify", new { pinId = "none", pin = "1" })).ShouldSay(113, "pinId not found");
    }

    [Fact]
    public async Task Have_a_limit_for_strangers()
    {
        await using var server = new KestrelHost(
            _host, new Dictionary<string, string>(StringComparer.Ordinal) { ["Api:AnonymousRequestsPerMinute"] = "2" });
        using var http = new HttpClient { BaseAddress = server.Address };
        var strangers = new CompatibleApiClient(http);
        var answers = new List<Answer>();
        for (var i = 0; i < 6; i++)
        {
            answers.Add(await strangers.BeemAsync("beem-key:wrong", "/v1/verify", "{}"));
        }

        answers[0].ShouldSay(120, "Wrong Username or Password", 401);
        answers.First(a => a.Status == HttpStatusCode.TooManyRequests).ShouldSay(122, "Too many requests", 429);
        (await strangers.BeemAsync(Pair, "/v1/verify", "{}")).ShouldSay(112, "pinId missing");
    }

    [Fact]
    public async Task Are_described_in_a_document_of_their_own()
    {
        var document = (await _client.SendAsync(HttpMethod.Get, "/openapi/beem.json")).Json;

        document.GetProperty("paths").EnumerateObject().Select(p => p.Name)
            .ShouldBe(["/v1/request", "/v1/verify", "/api/v1/request", "/api/v1/verify"], ignoreOrder: true);
        document.GetProperty("components").GetProperty("securitySchemes").GetProperty("Beem").GetProperty("scheme").GetString()
            .ShouldBe("basic");
    }
}
