using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Middleware;

public sealed partial class The_headers_of_every_answer
{
    private readonly ApiHost _host;

    public The_headers_of_every_answer(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Fact]
    public async Task Are_there_on_every_endpoint_for_strangers_callers_and_operators()
    {
        var endpoints = _host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        var seen = new HashSet<HttpStatusCode>();
        foreach (var endpoint in endpoints)
        {
            var path = "/" + Parameter().Replace(endpoint.RoutePattern.RawText!, Guid.CreateVersion7().ToString()).TrimStart('/');
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
            {
                foreach (var key in new[] { null, _host.Refused.Key, _host.AdminKey })
                {
                    // Nothing is changed: what is named does not exist, and bodies are empty.
                    using var http = _host.Factory.CreateClient(new() { AllowAutoRedirect = false });
                    var answer = await new ApiClient(http, key).SendAsync(new(method), path);
                    ShouldHaveAll(answer, $"{method} {path} of {key}");
                    seen.Add(answer.Status);
                }
            }
        }

        endpoints.Count.ShouldBeGreaterThan(50);
        foreach (var status in new[] { 200, 302, 400, 401, 404 })
        {
            seen.ShouldContain((HttpStatusCode)status);
        }
    }

    [Theory]
    [InlineData("GET", "/nowhere", 404)]
    [InlineData("PUT", "/otp", 405)]
    [InlineData("OPTIONS", "/otp", 204)]
    [InlineData("GET", "/v1/nothing", 404)]
    [InlineData("GET", "/v1/verify", 405)]
    [InlineData("GET", "/sm/nothing", 404)]
    [InlineData("GET", "/sms", 404)]
    [InlineData("GET", "/otp/x/sendOTP", 405)]
    [InlineData("GET", "/admin/nothing", 404)]
    [InlineData("GET", "/docs/index.html", 200)]
    [InlineData("GET", "/docs/swagger-ui.css", 200)]
    [InlineData("GET", "/docs/errors", 200)]
    [InlineData("GET", "/openapi/v1.json", 200)]
    [InlineData("GET", "/health/live", 200)]
    public async Task Are_there_where_no_endpoint_answers(string method, string path, int status)
    {
        var answer = await _host.Client(tenant: null).SendAsync(new(method), path);

        ((int)answer.Status).ShouldBe(status);
        ShouldHaveAll(answer, path);
    }

    [Theory]
    [InlineData(
        "/otp", """{"error":{"type":"invalid_body","message":"The request could not be read","uri":"/docs/errors#2101","code":2101}}""")]
    [InlineData("/v1/request", """{"data":{"message":{"code":123,"message":"The request could not be read"}}}""")]
    [InlineData("/sm/api/ent/sms/2fa/sendOTP", """{"status":"error","code":"908","message":"Invalid parameter"}""")]
    public async Task Are_there_for_a_host_that_is_not_allowed_in_the_shape_of_the_api(string path, string body)
    {
        using var http = _host.Factory.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.Host = "evil.example";

        var answer = await Answer.OfAsync(await http.SendAsync(request, TestContext.Current.CancellationToken));

        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Text.ShouldBe(body);
        ShouldHaveAll(answer, path);
    }

    [Fact]
    public async Task Name_no_server_and_ask_for_TLS_only_over_TLS()
    {
        using var http = new HttpClient { BaseAddress = _host.Kestrel.Address };
        var plain = await new ApiClient(http, key: null).GetAsync("/docs/errors");
        using var secure = _host.Factory.CreateClient(new() { BaseAddress = new("https://localhost") });
        var overTls = await new ApiClient(secure, key: null).GetAsync("/docs/errors");

        plain["Server"].ShouldBeNull();
        plain["Strict-Transport-Security"].ShouldBeNull();
        overTls["Strict-Transport-Security"].ShouldBe("max-age=31536000");
    }

    [Fact]
    public async Task Let_the_pages_of_the_documentation_run_their_own_scripts_only()
    {
        var client = _host.Client(tenant: null);
        var page = await client.GetAsync("/docs/index.html");

        page["Content-Security-Policy"]!.ShouldContain("script-src 'self';");
        foreach (Match script in Script().Matches(page.Text))
        {
            // What stands in the page itself would not run.
            script.Groups["attributes"].Value.ShouldContain("src=");
            (await client.GetAsync("/docs/" + Source().Match(script.Value).Groups["path"].Value.TrimStart('.', '/'))).Status
                .ShouldBe(HttpStatusCode.OK);
        }

        Script().Count(page.Text).ShouldBeGreaterThan(0);
        (await client.GetAsync("/otp"))["Content-Security-Policy"]!.ShouldStartWith("default-src 'none';");
    }

    private static void ShouldHaveAll(Answer answer, string what)
    {
        answer["X-Content-Type-Options"].ShouldBe("nosniff", what);
        answer["Referrer-Policy"].ShouldBe("no-referrer", what);
        answer["Content-Security-Policy"].ShouldNotBeNull(what).ShouldContain("frame-ancestors 'none'");
        answer["Cache-Control"].ShouldNotBeNullOrEmpty(what);
        answer["X-Request-Id"].ShouldNotBeNullOrEmpty(what);
        answer["Server"].ShouldBeNull(what);
    }

    [GeneratedRegex("\\{[^}]*\\}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Parameter();

    [GeneratedRegex("<script(?<attributes>[^>]*)>", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Script();

    [GeneratedRegex("src=\"(?<path>[^\"]*)\"", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Source();
}
