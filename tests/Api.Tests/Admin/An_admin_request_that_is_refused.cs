using System.Net;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Admin;

public sealed class An_admin_request_that_is_refused
{
    private readonly ApiHost _host;
    private readonly AdminClient _admin;

    public An_admin_request_that_is_refused(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _admin = host.Admin();
    }

    [Theory]
    [InlineData("from", "\"ab\"")]
    [InlineData("from", "\"sixteen letters.\"")]
    [InlineData("template", "\"no placeholder\"")]
    [InlineData("template", "7")]
    [InlineData("pinType", "\"emoji\"")]
    [InlineData("pinLength", "3")]
    [InlineData("pinLength", "null")]
    [InlineData("pinAlphabet", "\"AABCDEFGHIJ\"")]
    [InlineData("pinAlphabet", "\"abcdefghij\"")]
    [InlineData("pinAlphabet", "\"012345678\"")]
    [InlineData("ttl", "59")]
    [InlineData("ttl", "1801")]
    [InlineData("ttl", "60.5")]
    [InlineData("ttl", "\"soon\"")]
    [InlineData("maxAttempts", "11")]
    [InlineData("plan", "[]")]
    [InlineData("plan", "\"sms\"")]
    [InlineData("plan", "[\"pigeon\"]")]
    [InlineData("plan", "[\"sms\",\"call\",\"sms\",\"call\",\"sms\",\"call\",\"sms\"]")]
    [InlineData("otpCallbackUrl", "\"http://127.0.0.1/\"")]
    [InlineData("otpCallbackUrl", "\"ftp://shop.example/\"")]
    [InlineData("callbackEvents", "\"some\"")]
    [InlineData("events", "\"some\"")]
    [InlineData("events", "null")]
    [InlineData("scopes", "[\"admin\"]")]
    [InlineData("scopes", "[]")]
    [InlineData("tokenLifetime", "59")]
    [InlineData("limits", "[]")]
    [InlineData("unheard", "1")]
    public async Task Names_the_setting_that_is_wrong(string field, string value)
    {
        var made = await _admin.WithApplicationAsync();
        var before = (await _admin.GetAsync($"/{made.Id}")).Text;

        (await _admin.PatchAsync($"/{made.Id}", """{"name":"never","settings":{"?":!}}""".Replace("?", field).Replace("!", value))).ShouldNameFields().ShouldBe([$"#/settings/{field}"]);

        (await _admin.GetAsync($"/{made.Id}")).Text.ShouldBe(before);
    }

    [Fact]
    public async Task Says_which_network_a_callback_may_not_reach_and_which_key_allows_it()
    {
        var made = await _admin.WithApplicationAsync();

        var refused = await _admin.PatchAsync($"/{made.Id}", """{"settings":{"otpCallbackUrl":"http://10.9.8.7/"}}""");

        refused.Text.ShouldContain("leads into 10.0.0.0/8, which callbacks may not reach unless Callbacks:AllowedNetworks names it");
    }

    [Theory]
    [InlineData("sendsPerHour", "0")]
    [InlineData("sendsPerDay", "100001")]
    [InlineData("retryPeriod", "-1")]
    [InlineData("failedGuesses", "0")]
    [InlineData("coolOff", "59")]
    [InlineData("allowedCountries", "[\"UK\"]")]
    [InlineData("allowedCountries", "[7]")]
    [InlineData("allowPremiumNumbers", "\"some\"")]
    [InlineData("spendingPerDay", "-1")]
    [InlineData("spendingPerDay", "\"much\"")]
    [InlineData("requestsPerMinute", "0")]
    public async Task Names_the_limit_that_is_wrong(string field, string value) =>
        (await _admin.PostAsync("", """{"name":"never","settings":{"limits":{"?":!}}}""".Replace("?", field).Replace("!", value))).ShouldNameFields().ShouldBe([$"#/settings/limits/{field}"]);

    [Fact]
    public async Task Names_every_field_that_is_wrong_at_once() =>
        (await _admin.PostAsync("", """{"nmae":"x","settings":{"ttl":1,"limits":{"coolOff":1},"from":1}}""")).ShouldNameFields()
            .ShouldBe(["#/name", "#/settings/ttl", "#/settings/limits/coolOff", "#/settings/from", "#/nmae"], ignoreOrder: true);

    [Theory]
    [InlineData("text/plain", "{}", 415, "The media type must be application/json in UTF-8")]
    [InlineData("application/json", "{", 400, "The body is not valid JSON")]
    [InlineData("application/json", "[]", 400, "The body is not a JSON object")]
    [InlineData("application/json", "", 400, "The body is empty: a JSON object is expected")]
    [InlineData("application/json", "{\"name\":\"a\",\"name\":\"b\"}", 400, "The body holds the same field twice")]
    public async Task Says_why_its_body_cannot_be_read(string contentType, string body, int status, string detail)
    {
        (await _admin.SendAsync(HttpMethod.Post, "", body, contentType)).ShouldBeProblem(status, 2101, detail);
        (await _admin.SendAsync(HttpMethod.Patch, $"/{_host.Shop.Id}", body, contentType)).ShouldBeProblem(status, 2101, detail);
    }

    [Fact]
    public async Task Has_no_admin_key_or_a_wrong_one()
    {
        foreach (var key in new[] { "", "wrong-admin-key-000000000000", _host.Shop.Key, _host.ShopSecret })
        {
            var answer = await _host.Admin(key).GetAsync();

            answer.ShouldBeProblem(401, 2110, "The admin key is missing or not valid");
            answer["WWW-Authenticate"].ShouldNotBeNullOrEmpty();
        }
    }

    [Fact]
    public async Task Means_something_that_does_not_exist()
    {
        var made = await _admin.WithApplicationAsync();
        var other = await _admin.WithApplicationAsync();
        var stranger = Guid.CreateVersion7();
        var foreign = (await _admin.GetAsync($"/{other.Id}")).Json;
        var key = foreign.GetProperty("keys")[0].GetProperty("id").GetString();
        var identifier = foreign.GetProperty("identifiers")[0].GetProperty("id").GetString();
        var webhookSecret = foreign.GetProperty("webhookSecrets")[0].GetProperty("id").GetString();

        foreach (var id in new[] { stranger.ToString(), "nonsense" })
        {
            (await _admin.GetAsync($"/{id}")).ShouldBeProblem(404, 2021, "No such application");
            (await _admin.PatchAsync($"/{id}", new { name = "x" })).ShouldBeProblem(404, 2021, "No such application");
            (await _admin.DeleteAsync($"/{id}")).ShouldBeProblem(404, 2021, "No such application");
            (await _admin.PostAsync($"/{id}/keys")).ShouldBeProblem(404, 2021, "No such application");
            (await _admin.PostAsync($"/{id}/identifiers", new { kind = "beem_app" })).ShouldBeProblem(404, 2021, "No such application");
            (await _admin.PostAsync($"/{id}/webhook-secrets")).ShouldBeProblem(404, 2021, "No such application");
        }

        // What belongs to another application is as unknown as what does not exist.
        (await _admin.PatchAsync($"/{made.Id}/keys/{key}", new { })).ShouldBeProblem(404, 2021, "The application has no such key");
        (await _admin.DeleteAsync($"/{made.Id}/keys/{key}")).ShouldBeProblem(404, 2021, "The application has no such key");
        (await _admin.PatchAsync($"/{made.Id}/identifiers/{identifier}", new { }))
            .ShouldBeProblem(404, 2021, "The application has no such identifier");
        (await _admin.PostAsync($"/{made.Id}/identifiers/{identifier}/secret"))
            .ShouldBeProblem(404, 2021, "The application has no such identifier");
        (await _admin.DeleteAsync($"/{made.Id}/identifiers/{identifier}/previous-secret"))
            .ShouldBeProblem(404, 2021, "The application has no such identifier");
        (await _admin.DeleteAsync($"/{made.Id}/identifiers/{identifier}"))
            .ShouldBeProblem(404, 2021, "The application has no such identifier");
        (await _admin.DeleteAsync($"/{made.Id}/webhook-secrets/{webhookSecret}"))
            .ShouldBeProblem(404, 2021, "The application has no such webhook secret");
        (await _admin.GetAsync($"/{made.Id}/nothing/here")).ShouldBeProblem(404, 2021, "Not found");
    }

    [Fact]
    public async Task Uses_a_method_that_is_not_allowed()
    {
        var answer = await _admin.SendAsync(HttpMethod.Put, $"/{_host.Shop.Id}", new { });

        answer.ShouldBeProblem(405, 2114, "The method is not allowed here");
        answer["Allow"].ShouldBe("DELETE, GET, PATCH");
    }

    [Theory]
    [InlineData("?limit=0")]
    [InlineData("?limit=201")]
    [InlineData("?limit=many")]
    [InlineData("?cursor=next")]
    [InlineData("?status=sleepy")]
    public async Task Asks_for_a_page_that_cannot_be(string query) =>
        (await _admin.GetAsync(query)).ShouldBeProblem(
            400, 2101,
            "The query is not valid: 'cursor' is that of an answer before, 'limit' 1 to 200, 'status' active, inactive or revoked");

    [Fact]
    public async Task Comes_too_often()
    {
        await using var server = new KestrelHost(
            _host, new Dictionary<string, string>(StringComparer.Ordinal) { ["Api:AdminRequestsPerMinute"] = "3" });
        using var http = new HttpClient { BaseAddress = server.Address };
        var admin = new AdminClient(http, _host.AdminKey);

        // Eight, since a minute of the clock may end in between.
        var answers = new List<Answer>();
        for (var i = 0; i < 8; i++)
        {
            answers.Add(await admin.GetAsync());
        }

        answers[0].Status.ShouldBe(HttpStatusCode.OK);
        var refused = answers.First(a => a.Status == HttpStatusCode.TooManyRequests);
        refused["Content-Type"].ShouldBe("application/problem+json");
        refused.Json.GetProperty("code").GetInt32().ShouldBe(2120);
        refused["Retry-After"].ShouldNotBeNull();
    }
}
