using System.Net;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Responses;

public sealed class The_links_in_answers
{
    private readonly ApiHost _host;

    public The_links_in_answers(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Theory]
    [InlineData("*", null, "evil.example", "/docs/errors#2110")]
    [InlineData("", null, "evil.example", "/docs/errors#2110")]
    [InlineData("otp.example.com", null, "otp.example.com", "http://otp.example.com/docs/errors#2110")]
    [InlineData("*.example.com", null, "eu.example.com:8443", "http://eu.example.com:8443/docs/errors#2110")]
    [InlineData("*", "https://otp.example.com/", "evil.example", "https://otp.example.com/docs/errors#2110")]
    [InlineData("otp.example.com", "https://otp.example.com", "otp.example.com", "https://otp.example.com/docs/errors#2110")]
    public async Task Begin_with_what_is_configured_and_never_with_any_host_that_was_sent(
        string allowedHosts, string? publicUrl, string host, string uri)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["AllowedHosts"] = allowedHosts };
        if (publicUrl is not null)
        {
            settings["Api:PublicUrl"] = publicUrl;
        }

        await using var server = new KestrelHost(_host, settings);
        using var http = new HttpClient { BaseAddress = server.Address };

        var native = await AskAsync(http, host, "/applications");
        var admin = await AskAsync(http, host, "/admin/applications");
        var otp = await AskAsync(http, host, "/otp", _host.Shop.Key, $$"""{"phoneNumber":"{{Recipients.Next()}}"}""");
        var description = await AskAsync(http, host, "/openapi/v1.json");

        native.Json.GetProperty("error").GetProperty("uri").GetString().ShouldBe(uri);
        admin.Json.GetProperty("type").GetString().ShouldBe(uri);
        otp.Status.ShouldBe(HttpStatusCode.Created, otp.Text);
        otp["Location"].ShouldBe($"/otp/{otp.Json.GetProperty("otpId").GetString()}");
        foreach (var answer in new[] { native, admin, otp, description })
        {
            (answer.Text + string.Join('\n', answer.Headers.Values)).ShouldNotContain("evil");
        }
    }

    private static async Task<Answer> AskAsync(HttpClient http, string host, string path, string? key = null, string? body = null)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, path);
        request.Headers.Host = host;
        request.Headers.TryAddWithoutValidation("X-Forwarded-Host", "evil.example");
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("X-API-KEY", key);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body);
            request.Content.Headers.ContentType = new("application/json");
        }

        return await Answer.OfAsync(await http.SendAsync(request));
    }
}
