using System.Globalization;
using System.Text.Json;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Documentation;

public sealed class Errors_in_the_documents
{
    private readonly ApiHost _host;

    public Errors_in_the_documents(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Theory]
    [InlineData("post", "/otp", "{}")]
    [InlineData("post", "/otp", "x")]
    [InlineData("post", "/otp", "[]")]
    [InlineData("post", "/otp", """{"phoneNumber":"+33612246400","ttl":1}""")]
    [InlineData("post", "/otp", """{"phoneNumber":"+33612246400","otpCallbackUrl":"http://10.0.0.1/"}""")]
    [InlineData("post", "/otp", """{"phoneNumber":"+33612246400","channels":["sms",{"channel":"call","waitSeconds":1}]}""")]
    [InlineData("post", "/otp/{otpId}/resend", "{}")]
    [InlineData("post", "/otp/{otpId}/next")]
    [InlineData("get", "/otp?recipient=x")]
    [InlineData("get", "/otp?recipient=x&channel=email")]
    [InlineData("get", "/otp?recipient=12&channel=sms")]
    [InlineData("get", "/otp?status=x")]
    [InlineData("get", "/otp?from=x")]
    [InlineData("get", "/otp?cursor=x")]
    [InlineData("get", "/otp/{otpId}")]
    [InlineData("post", "/otp/{otpId}", """{"pin":"1234"}""")]
    [InlineData("delete", "/otp/{otpId}")]
    [InlineData("get", "/otp/{otpId}/callbacks")]
    [InlineData("post", "/otp/{otpId}/callbacks/{callbackId}/replay")]
    [InlineData("get", "/applications/{applicationId}")]
    [InlineData("get", "/sandbox/messages")]
    [InlineData("get", "/sandbox/messages?recipient=x")]
    [InlineData("get", "/sandbox/callbacks")]
    [InlineData("post", "/oauth/token", "a=b")]
    public Task Of_callers_are_those_that_are_answered(string method, string path, string? body = null) =>
        CheckAsync("v1", _host.Shop.Key, method, path, body, error => error.GetProperty("error"), "message");

    [Theory]
    [InlineData("get", "/admin/applications?limit=0")]
    [InlineData("post", "/admin/applications", "{}")]
    [InlineData("get", "/admin/applications/{applicationId}")]
    [InlineData("patch", "/admin/applications/{applicationId}", "{}")]
    [InlineData("delete", "/admin/applications/{applicationId}")]
    [InlineData("post", "/admin/applications/{applicationId}/keys", "{}")]
    [InlineData("delete", "/admin/applications/{applicationId}/keys/{keyId}")]
    [InlineData("patch", "/admin/applications/{applicationId}/identifiers/{identifierId}", "{}")]
    [InlineData("delete", "/admin/applications/{applicationId}/webhook-secrets/{secretId}")]
    [InlineData("post", "/admin/applications/{applicationId}/gupshup/keys", """{"message":"%code%"}""")]
    [InlineData("get", "/admin/callbacks?status=x")]
    [InlineData("get", "/admin/callbacks?application=x")]
    [InlineData("get", "/admin/callbacks?from=x")]
    [InlineData("get", "/admin/callbacks?cursor=x")]
    [InlineData("post", "/admin/callbacks/replay", "{}")]
    [InlineData("post", "/admin/callbacks/{callbackId}/replay")]
    [InlineData("get", "/admin/otp?applicationId=x")]
    [InlineData("get", "/admin/otp?externalId=")]
    [InlineData("get", "/admin/dead-letters?limit=0")]
    [InlineData("get", "/admin/dead-letters?cursor=x")]
    [InlineData("post", "/admin/dead-letters/{id}/replay")]
    [InlineData("delete", "/admin/dead-letters/{id}")]
    public Task Of_operators_are_those_that_are_answered(string method, string path, string? body = null) =>
        CheckAsync("admin", _host.AdminKey, method, path, body, error => error, "detail");

    /// <summary>Calls with ids of nothing, and looks for the answer among the examples of its status.</summary>
    private async Task CheckAsync(
        string document, string key, string method, string path, string? body, Func<JsonElement, JsonElement> errorOf, string sentence)
    {
        using var http = _host.Factory.CreateClient();
        var content = body is null ? null : new StringContent(body);
        var target = path.Replace("{", "x", StringComparison.Ordinal).Replace("}", "x", StringComparison.Ordinal);
        var type = path is "/oauth/token" ? "application/x-www-form-urlencoded" : "application/json";
        var answer = await new ApiClient(http, key).SendAsync(new(method.ToUpperInvariant()), target, content, type);

        var described = JsonElement.Parse(await _host.DocumentAsync(document));
        var responses = described.GetProperty("paths").GetProperty(path.Split('?')[0]).GetProperty(method).GetProperty("responses");
        var status = ((int)answer.Status).ToString(CultureInfo.InvariantCulture);
        status[0].ShouldBe('4', answer.Text);
        responses.TryGetProperty(status, out var response).ShouldBeTrue($"{status} {answer.Text}");
        var examples = response.GetProperty("content").EnumerateObject().Single().Value.GetProperty("examples").EnumerateObject()
            .Select(e => described.GetProperty("components").GetProperty("examples").GetProperty(e.Name).GetProperty("value"))
            .Select(e => errorOf(e).GetProperty(sentence).GetString());
        examples.ShouldContain(errorOf(answer.Json).GetProperty(sentence).GetString());
    }
}
