using System.Net;
using OtpPipeline.Api.Tests.CompatibleApis.Beem;
using OtpPipeline.Api.Tests.CompatibleApis.BizMagnets;
using OtpPipeline.Api.Tests.CompatibleApis.Support;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.CompatibleApis;

/// <summary>It cannot tell anybody from a stranger, and says so in the caller's compatible API.</summary>
public sealed class A_server_whose_database_is_away : IAsyncDisposable
{
    private readonly KestrelHost _server;
    private readonly HttpClient _http;
    private readonly CompatibleApiClient _client;

    public A_server_whose_database_is_away(ApiHost host)
    {
        Servers.SkipWithout();
        _server = new(
            host,
            new Dictionary<string, string>(
                PerfumerlabsServer.SettingsOf(host.Shop.Id),
                StringComparer.Ordinal) { ["ConnectionStrings:Otp"] = "Host=127.0.0.1;Port=1;Username=otp;Database=otp;Timeout=1" });
        _http = new HttpClient { BaseAddress = _server.Address };
        _client = new(_http);
    }

    [Fact]
    public async Task Is_unavailable_in_every_api()
    {
        const string Away = "The server cannot take requests at the moment; repeat the request with the same Idempotency-Key";
        var native = await _client.SendAsync(HttpMethod.Post, "/otp", "{}", headers: ("X-API-KEY", "some key"));
        native.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        native.Json.GetProperty("error").GetProperty("code").GetInt32().ShouldBe(2150);

        (await _client.BeemAsync("key:secret", "/v1/request", "{}")).ShouldSay(101, "Failed to send SMS", 503);
        (await _client.BeemAsync("key:secret", "/v1/verify", "{}")).ShouldSay(101, "Failed to send SMS", 503);
        (await _client.BizMagnetsAsync("some key", "/otp/x/sendOTP", "{}")).ShouldBeError(503, "/otp/x/sendOTP", Away);
        (await _client.BizMagnetsAsync("some key", "/otp/x/verifyOTP", "{}")).ShouldBeError(503, "/otp/x/verifyOTP", Away);

        var form = await _client.TwoFactorAsync("some key", "sendOTP", ("key", "0123"), ("phone", "1"));
        form.Text.ShouldBe("""{"status":"error","code":"909","message":"Request failed"}""");
        form.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        var line = await _client.QueryAsync("/apps/TwoFactorAuth/incoming.php", ("key", "0123"));
        line.Text.ShouldBe("error | 909 | Request failed");
        line.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        var xml = await _client.QueryAsync("/GatewayAPI/rest", ("userid", "1"), ("password", "x"), ("format", "xml"));
        xml.Text.ShouldBe(
            """<?xml version="1.0" encoding="UTF-8"?><response><status>error</status><code>909</code><details>Request failed</details></response>""");
        xml.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);

        foreach (var (method, path) in new[] { (HttpMethod.Post, "/sms"), (HttpMethod.Get, "/sms/check"), (HttpMethod.Get, "/target") })
        {
            var answer = await _client.PerfumerlabsAsync(Guid.Empty, PerfumerlabsServer.Pair, method, path, "{}");
            answer.Text.ShouldBe("""{"status":false,"message":"The server cannot take requests at the moment"}""");
            answer.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }
}
