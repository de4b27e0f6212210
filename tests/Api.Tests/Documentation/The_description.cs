using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Api.Documentation;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Documentation;

public sealed class The_description
{
    private readonly ApiHost _host;
    private readonly ApiClient _client;

    public The_description(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _client = host.Client(tenant: null);
    }

    [Fact]
    public async Task Is_OpenAPI_3_1_and_names_every_path()
    {
        var document = (await _client.GetAsync("/openapi/v1.json")).Json;

        document.GetProperty("openapi").GetString()!.ShouldStartWith("3.1");
        var paths = document.GetProperty("paths").EnumerateObject()
            .ToDictionary(p => p.Name, p => p.Value.EnumerateObject().Select(o => o.Name).ToArray(), StringComparer.Ordinal);
        paths.Keys.ShouldBe(
            [
                "/otp", "/otp/{otpId}", "/otp/{otpId}/resend", "/otp/{otpId}/next", "/otp/{otpId}/callbacks",
                "/otp/{otpId}/callbacks/{callbackId}/replay", "/sandbox/messages", "/sandbox/callbacks",
                "/oauth/token", "/applications", "/applications/scopes", "/applications/{applicationId}",
            ],
            ignoreOrder: true);
        paths["/otp"].ShouldBe(["post", "get"], ignoreOrder: true);
        paths["/otp/{otpId}"].ShouldBe(["get", "post", "delete"], ignoreOrder: true);
        document.GetProperty("components").GetProperty("securitySchemes").GetProperty("ApiKey").GetProperty("name").GetString()
            .ShouldBe("X-API-KEY");
    }

    [Fact]
    public async Task Of_admin_is_a_document_of_its_own_for_operators_only()
    {
        (await _client.GetAsync("/openapi/admin.json")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await _host.Client(_host.Shop).GetAsync("/openapi/admin.json")).Status.ShouldBe(HttpStatusCode.Unauthorized);

        var document = JsonElement.Parse(await _host.DocumentAsync("admin"));

        document.GetProperty("paths").EnumerateObject().Select(p => p.Name).ShouldBe(
            [
                "/admin/otp", "/admin/callbacks", "/admin/callbacks/replay", "/admin/callbacks/{callbackId}/replay",
                "/admin/dead-letters", "/admin/dead-letters/{id}/replay", "/admin/dead-letters/{id}", "/admin/providers",
                "/admin/providers/{name}/pause", "/admin/providers/{name}/resume", "/admin/providers/{name}/weight", "/admin/providers/{name}/test",
                "/admin/applications", "/admin/applications/{applicationId}",
                "/admin/applications/{applicationId}/keys", "/admin/applications/{applicationId}/keys/{keyId}",
                "/admin/applications/{applicationId}/identifiers", "/admin/applications/{applicationId}/identifiers/{identifierId}",
                "/admin/applications/{applicationId}/identifiers/{identifierId}/secret",
                "/admin/applications/{applicationId}/identifiers/{identifierId}/previous-secret",
                "/admin/applications/{applicationId}/gupshup/accounts", "/admin/applications/{applicationId}/gupshup/keys",
                "/admin/applications/{applicationId}/webhook-secrets", "/admin/applications/{applicationId}/webhook-secrets/{secretId}",
            ],
            ignoreOrder: true);
        document.GetProperty("components").GetProperty("securitySchemes").EnumerateObject().Select(s => s.Name).ShouldBe(["AdminKey"]);
    }

    [Fact]
    public async Task Is_built_once_and_known_by_its_tag()
    {
        var first = await _client.GetAsync("/openapi/v1.json");
        var built = _host.Services.GetRequiredService<DocumentBytes>().Built;
        for (var i = 0; i < 20; i++)
        {
            (await _client.GetAsync("/openapi/v1.json")).Text.ShouldBe(first.Text);
        }

        _host.Services.GetRequiredService<DocumentBytes>().Built.ShouldBe(built);
        first["Cache-Control"].ShouldBe("no-cache");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json");
        request.Headers.TryAddWithoutValidation("If-None-Match", first["ETag"]);
        using var again = await _client.Http.SendAsync(request, TestContext.Current.CancellationToken);
        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("beem")]
    [InlineData("gupshup")]
    public async Task Names_no_host_that_a_request_brought(string document)
    {
        var servers = (await _client.GetAsync($"/openapi/{document}.json")).Json.GetProperty("servers");

        servers.EnumerateArray().Select(s => s.GetProperty("url").GetString()).ShouldBe(["/"]);
    }

    [Fact]
    public async Task Switched_off_it_is_not_there_and_the_codes_of_errors_stay()
    {
        await using var server = new KestrelHost(
            _host, new Dictionary<string, string>(StringComparer.Ordinal) { ["Api:Documentation"] = "false" });
        using var http = new HttpClient { BaseAddress = server.Address };
        var client = new ApiClient(http, _host.AdminKey);

        foreach (var path in new[] { "/docs", "/docs/index.html", "/openapi/v1.json", "/openapi/beem.json", "/openapi/admin.json" })
        {
            (await client.GetAsync(path)).Status.ShouldBe(HttpStatusCode.NotFound, path);
        }

        (await client.GetAsync("/docs/errors")).Status.ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync("/")).Text.ShouldContain("Error codes");
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task Is_where_the_root_leads_to(string method)
    {
        using var request = new HttpRequestMessage(new(method), "/");
        using var http = _host.Factory.CreateClient(new() { AllowAutoRedirect = false });
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.ToString().ShouldBe("/docs");
    }

    [Fact]
    public async Task Has_a_page()
    {
        var page = await _client.GetAsync("/docs/index.html");

        page.Status.ShouldBe(HttpStatusCode.OK);
        page.Text.ShouldContain("swagger-ui");
    }

    [Fact]
    public async Task Explains_every_code_that_an_error_links_to()
    {
        var page = await _client.GetAsync("/docs/errors");

        page["Content-Type"].ShouldBe("text/html; charset=utf-8");
        foreach (var error in ErrorCodes.All)
        {
            page.Text.ShouldContain($"id=\"{error.Code}\"");
            page.Text.ShouldContain(WebUtility.HtmlEncode(error.Message));
        }

        ErrorCodes.All.Select(r => r.Code).ShouldBeSubsetOf([1500, 1600, .. Enumerable.Range(2001, 31), .. Enumerable.Range(2101, 50)]);
    }
}
