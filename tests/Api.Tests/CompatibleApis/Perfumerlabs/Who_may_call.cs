using Microsoft.Extensions.Logging;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.CompatibleApis.Perfumerlabs;

[Collection(PerfumerlabsCollection.Name)]
public sealed class Who_may_call
{
    private readonly PerfumerlabsHost _host;

    public Who_may_call(PerfumerlabsHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    public static TheoryData<string, string> Calls => new()
    {
        { "POST", "/sms" }, { "POST", "/call" }, { "POST", "/email" }, { "POST", "/telegram" },
        { "GET", "/sms/check" }, { "GET", "/call/check" }, { "GET", "/email/check" }, { "GET", "/telegram/check" },
        { "POST", "/limit/sms" }, { "POST", "/limit/call" }, { "POST", "/limit/email" }, { "GET", "/target" }, { "GET", "/password" },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Not_a_stranger(string method, string path)
    {
        var http = _host.Factory.CreateClient();
        foreach (var (name, password) in new[] { ("", ""), (PerfumerlabsHost.Username, "wrong"), ("wrong", PerfumerlabsHost.Password), ("BACKEND", PerfumerlabsHost.Password), ("beem-key", "beem-secret=="), (_host.Shop.Key, "") })
        {
            var client = new PerfumerlabsClient(http, name.Length == 0 ? null : PerfumerlabsHost.Basic(name, password));

            var answer = await client.SendAsync(new HttpMethod(method), path, "{}", "application/json", ("X-API-KEY", _host.Shop.Key));

            answer.ShouldBeRefused(401, "The user name or the password is missing or not valid");
            answer["WWW-Authenticate"].ShouldBe("Basic realm=\"OtpPipeline\", charset=\"UTF-8\"");
        }

        foreach (var header in new[] { "Basic", "Basic ", "Basic !!!", "Basic YWJj", $"Bearer {_host.Shop.Key}", "nonsense" })
        {
            var client = new PerfumerlabsClient(http, authorization: null);
            (await client.SendAsync(new HttpMethod(method), path, "{}", "application/json", ("Authorization", header))).Status
                .ShouldBe(System.Net.HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task Everybody_where_that_is_allowed()
    {
        await using var started = new Started(
            _host.Start(_host.SettingsWithout("HTTP_AUTH_USERNAME", "HTTP_AUTH_PASSWORD", ("Perfumerlabs:AllowAnonymous", "true"))));

        foreach (var (method, path) in Calls.Select(c => c.Data))
        {
            var answer = await started.Stranger.SendAsync(new HttpMethod(method), path, "{}", "application/json");

            answer.ShouldBe(path.StartsWith("/limit", StringComparison.Ordinal) ? 200 : 400, answer.Text);
            answer.Text.ShouldContain(path.StartsWith("/limit", StringComparison.Ordinal) ? "true" : "parameter must be set");
        }
    }

    [Fact]
    public async Task Nobody_until_there_is_an_application()
    {
        await using var none = new Started(_host.Start(_host.SettingsWithout("Perfumerlabs:ApplicationId")));
        await using var unknown = new Started(
            _host.Start(_host.SettingsWithout("x", "x", ("Perfumerlabs:ApplicationId", Guid.NewGuid().ToString()))));

        foreach (var (method, path) in Calls.Select(c => c.Data))
        {
            (await none.Client.SendAsync(new HttpMethod(method), path, "{}", "application/json")).ShouldBeRefused(404, "Not found");
            (await none.Stranger.SendAsync(new HttpMethod(method), path, "garbage", "text/plain")).ShouldBeRefused(404, "Not found");
            (await none.Client.SendAsync(HttpMethod.Put, path, "{}", "application/json")).ShouldBeRefused(404, "Not found");
            (await unknown.Client.SendAsync(new HttpMethod(method), path, "{}", "application/json"))
                .ShouldBeRefused(404, "There is no such application");
        }

        (await none.Client.WebhookAsync("{}")).ShouldBeRefused(404, "Not found");
    }

    [Fact]
    public async Task Nobody_for_an_application_that_is_not_active()
    {
        var tenant = Tenant.New();
        await _host.AddAsync(tenant, new(), active: false);
        await using var started = new Started(_host.Start(PerfumerlabsHost.SettingsOf(tenant)));

        (await started.Client.SmsAsync(Someone.Phone(), "12345")).ShouldBeRefused(403, "The application is not active");
    }

    [Fact]
    public async Task Not_more_often_than_the_application_may()
    {
        var tenant = Tenant.New();
        await _host.AddAsync(tenant, new() { Limits = new() { RequestsPerMinute = 3 } });
        await using var started = new Started(_host.Start(PerfumerlabsHost.SettingsOf(tenant)));

        // Eight, since a minute of the clock may end in between.
        var answers = new List<Answer>();
        for (var i = 0; i < 8; i++)
        {
            answers.Add(await started.Client.CheckAsync("33612200001", "12345"));
        }

        answers[0].ShouldBeWrong();
        answers[0]["X-Rate-Limit-Limit"].ShouldBe("3");
        var refused = answers.First(a => (int)a.Status == 429);
        refused.ShouldBeRefused(429, "Too many requests in this minute");
        int.Parse(refused["Retry-After"]!).ShouldBeInRange(1, 60);

        // Users of the bot never use up what the callers have, and the other way round.
        (await started.Client.WebhookAsync("{}")).ShouldBeDone();
    }

    [Fact]
    public async Task Not_a_stranger_who_guesses_on_and_on()
    {
        await using var started = new Started(_host.Start(_host.SettingsWithout("x", "x", ("Api:AnonymousRequestsPerMinute", "3"))));

        var answers = new List<Answer>();
        for (var i = 0; i < 8; i++)
        {
            answers.Add(await started.Stranger.CheckAsync("33612200001", "12345"));
        }

        answers[0].ShouldBeRefused(401, "The user name or the password is missing or not valid");
        answers.First(a => (int)a.Status == 429).ShouldBeRefused(429, "Too many requests in this minute");
    }

    [Theory]
    [InlineData("GET", "/sms", 405, "The method is not allowed here")]
    [InlineData("POST", "/sms/check", 405, "The method is not allowed here")]
    [InlineData("DELETE", "/limit/sms", 405, "The method is not allowed here")]
    [InlineData("POST", "/target", 405, "The method is not allowed here")]
    [InlineData("GET", "/telegram/webhook", 405, "The method is not allowed here")]
    [InlineData("POST", "/limit/telegram", 404, "Not found")]
    [InlineData("POST", "/limit", 404, "Not found")]
    [InlineData("GET", "/sms/check/more", 404, "Not found")]
    [InlineData("GET", "/SMS/nothing", 404, "Not found")]
    public async Task And_what_is_not_there_is_said_in_the_apis_words(string method, string path, int status, string sentence) =>
        (await _host.Client.SendAsync(new HttpMethod(method), path, "{}", "application/json")).ShouldBeRefused(status, sentence);

    [Fact]
    public async Task Basic_without_HTTPS_is_warned_of_once()
    {
        var logs = new CapturedLogs();
        await using var started = new Started(_host.Start(_host.Settings, logs));
        Warnings(logs).ShouldBe(0);

        await started.Client.SmsAsync(Someone.Phone(), "12345");
        await started.Client.SmsAsync(Someone.Phone(), "12345");

        Warnings(logs).ShouldBe(1);
        logs.Lines.ShouldNotContain(
            l => l.Text.Contains("geheim", StringComparison.Ordinal) || l.Text.Contains(PerfumerlabsHost.Token, StringComparison.Ordinal));

        static int Warnings(CapturedLogs logs) =>
            logs.Lines.Count(l => l.Level == LogLevel.Warning && l.Text.Contains("without HTTPS", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Basic_over_HTTPS_is_not_warned_of()
    {
        var logs = new CapturedLogs();
        await using var started = new Started(_host.Start(_host.Settings, logs));
        var http = started.Factory.CreateClient();
        http.BaseAddress = new("https://localhost");

        (await new PerfumerlabsClient(http, PerfumerlabsHost.Basic(PerfumerlabsHost.Username, PerfumerlabsHost.Password)).CheckAsync("33612200001", "12345")).ShouldBeWrong();

        logs.Lines.ShouldNotContain(l => l.Text.Contains("without HTTPS", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_description_has_every_call()
    {
        var document = (await _host.Client.GetAsync("/openapi/perfumerlabs.json")).Json;

        document.GetProperty("paths").EnumerateObject().Select(p => p.Name)
            .ShouldBe([.. Calls.Select(c => c.Data.Item2), "/telegram/webhook"], ignoreOrder: true);
        document.GetProperty("components").GetProperty("securitySchemes").GetProperty("Perfumerlabs").GetProperty("scheme").GetString()
            .ShouldBe("basic");
        document.GetProperty("components").GetProperty("schemas").GetProperty("PerfumerlabsAnswer").GetProperty("properties")
            .TryGetProperty("status_code", out _).ShouldBeTrue();
    }
}
