using System.Net;
using System.Text.Json;
using OtpPipeline.Api.Dialects;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests;

public sealed class The_description
{
    private readonly ApiClient _client;

    public The_description(ApiHost host)
    {
        Servers.SkipWithout();
        _client = host.Client(tenant: null);
    }

    [Fact]
    public async Task Is_OpenAPI_3_1_and_names_every_path()
    {
        var document = (await _client.GetAsync("/openapi/v1.json")).Json;

        document.GetProperty("openapi").GetString()!.ShouldStartWith("3.1");
        var paths = document.GetProperty("paths").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.EnumerateObject().Select(o => o.Name).ToArray(), StringComparer.Ordinal);
        paths.Keys.ShouldBe(
            [
                "/otp", "/otp/{otpId}", "/otp/{otpId}/callbacks", "/otp/{otpId}/callbacks/{callbackId}/replay", "/sandbox/messages", "/sandbox/callbacks",
                "/oauth/token", "/applications", "/applications/scopes", "/applications/{applicationId}",
                "/admin/callbacks", "/admin/callbacks/replay", "/admin/callbacks/{callbackId}/replay",
                "/admin/dead-letters", "/admin/dead-letters/{id}/replay",
                "/admin/applications", "/admin/applications/{applicationId}",
                "/admin/applications/{applicationId}/keys", "/admin/applications/{applicationId}/keys/{keyId}",
                "/admin/applications/{applicationId}/identifiers", "/admin/applications/{applicationId}/identifiers/{identifierId}",
                "/admin/applications/{applicationId}/identifiers/{identifierId}/secret", "/admin/applications/{applicationId}/identifiers/{identifierId}/previous-secret",
                "/admin/applications/{applicationId}/gupshup/accounts", "/admin/applications/{applicationId}/gupshup/keys",
                "/admin/applications/{applicationId}/webhook-secrets", "/admin/applications/{applicationId}/webhook-secrets/{secretId}",
            ],
            ignoreOrder: true);
        paths["/otp"].ShouldBe(["post"]);
        paths["/otp/{otpId}"].ShouldBe(["get", "post", "delete"], ignoreOrder: true);
        document.GetProperty("components").GetProperty("securitySchemes").GetProperty("ApiKey").GetProperty("name").GetString().ShouldBe("X-API-KEY");
    }

    [Fact]
    public async Task Shows_for_each_operation_its_success_its_refusals_and_bodies_that_exist()
    {
        var document = (await _client.GetAsync("/openapi/v1.json")).Json;
        var schemas = document.GetProperty("components").GetProperty("schemas");

        foreach (var (path, operation) in document.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject().Select(o => (p.Name, o.Value))))
        {
            var responses = operation.GetProperty("responses").EnumerateObject().ToList();
            responses[0].Name.ShouldBeOneOf("200", "201", "202", "204");
            responses.ShouldContain(r => r.Name == "429");
            foreach (var response in responses.Where(r => r.Name[0] != '2'))
            {
                Reference(response.Value).ShouldBe(path.StartsWith("/admin", StringComparison.Ordinal) ? "ProblemAnswer" : "ErrorAnswer");
            }
        }

        var request = document.GetProperty("paths").GetProperty("/otp").GetProperty("post");
        schemas.GetProperty(Reference(request.GetProperty("requestBody"))).GetProperty("properties").EnumerateObject().Count().ShouldBe(16);
        schemas.GetProperty("OtpAnswer").GetProperty("required").GetArrayLength().ShouldBeGreaterThanOrEqualTo(13);
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
        foreach (var refusal in ErrorCodes.All)
        {
            page.Text.ShouldContain($"id=\"{refusal.Code}\"");
            page.Text.ShouldContain(WebUtility.HtmlEncode(refusal.Message));
        }

        ErrorCodes.All.Select(r => r.Code).ShouldBeSubsetOf([1500, 1600, .. Enumerable.Range(2001, 31), .. Enumerable.Range(2101, 50)]);
    }

    private static string Reference(JsonElement holder) =>
        holder.GetProperty("content").EnumerateObject().Single().Value.GetProperty("schema").GetProperty("$ref").GetString()!.Split('/')[^1];
}
