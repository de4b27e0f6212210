using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OtpPipeline.Api.Providers;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Providers;

namespace OtpPipeline.Api.Tests.Providers;

public sealed class Managing_providers
{
    private readonly ApiHost _host;
    private readonly ApiClient _admin;
    private readonly string _name = $"p-{Guid.CreateVersion7():N}";

    public Managing_providers(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _admin = new(host.Factory.CreateClient(), host.AdminKey);
    }

    [Fact]
    public async Task Shows_what_all_workers_report_of_a_provider()
    {
        await ReportAsync(new(3, 10, 50, "closed", 0, Counts(("accepted", 8)), []));
        var error = new ProviderError(new(2026, 11, 20, 10, 0, 0, DateTimeKind.Utc), "failed", "unavailable");
        await ReportAsync(new(1, 10, 50, "open", 4.5, Counts(("accepted", 1), ("failed", 5)), [error]));

        var shown = await FindAsync();

        shown.GetProperty("processes").GetInt32().ShouldBe(2);
        shown.GetProperty("running").GetInt32().ShouldBe(4);
        shown.GetProperty("concurrency").GetInt32().ShouldBe(20);
        shown.GetProperty("messagesPerSecond").GetInt32().ShouldBe(50);
        shown.GetProperty("breaker").GetString().ShouldBe("open");
        shown.GetProperty("unusableFor").GetDouble().ShouldBe(0, "the other process asks it");
        shown.GetProperty("lastMinute").GetRawText().ShouldBe("""{"accepted":9,"failed":5}""");
        shown.GetProperty("share").GetDouble().ShouldBeGreaterThan(0);
        shown.GetProperty("lastErrors").GetRawText()
            .ShouldBe("""[{"at":"2026-11-20T10:00:00Z","outcome":"failed","reason":"unavailable"}]""");
    }

    [Fact]
    public async Task Pauses_resumes_and_weighs()
    {
        await ReportAsync(new(0, null, null, "closed", 0, Counts(), []));

        (await SendAsync(HttpMethod.Post, "pause")).Json.GetProperty("paused").GetBoolean().ShouldBeTrue();
        (await SendAsync(HttpMethod.Put, "weight", """{"weight":70}""")).Json.GetProperty("weight").GetInt32().ShouldBe(70);
        (await SettingAsync()).ShouldBe((true, 70));

        (await SendAsync(HttpMethod.Post, "resume")).Json.GetProperty("paused").GetBoolean().ShouldBeFalse();
        (await SendAsync(HttpMethod.Put, "weight", """{"weight":null}""")).Json.GetProperty("weight").ValueKind
            .ShouldBe(JsonValueKind.Null);
        (await SettingAsync()).ShouldBe((false, null));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"weight":1001}""")]
    [InlineData("""{"weight":-1}""")]
    [InlineData("""{"weight":"much"}""")]
    public async Task Refuses_a_weight_that_is_none_and_changes_nothing(string body)
    {
        await ReportAsync(new(0, null, null, "closed", 0, Counts(), []));

        (await SendAsync(HttpMethod.Put, "weight", body)).ShouldNameFields().ShouldBe(["#/weight"]);
        (await SettingAsync()).ShouldBeNull();
    }

    [Theory]
    [InlineData("pause", "POST", null)]
    [InlineData("resume", "POST", null)]
    [InlineData("weight", "PUT", """{"weight":1}""")]
    [InlineData("test", "POST", """{"channel":"sms","recipient":"+33612246400"}""")]
    public async Task Knows_no_provider_that_no_worker_and_no_route_has(string call, string method, string? body)
    {
        (await SendAsync(new(method), call, body)).ShouldBeProblem(404, 2021, "No such provider");
        (await SettingAsync()).ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"recipient":"+33612246400"}""", "#/channel")]
    [InlineData("""{"channel":"pigeon","recipient":"+33612246400"}""", "#/channel")]
    [InlineData("""{"channel":"sms","recipient":"0612246400"}""", "#/recipient")]
    [InlineData("""{"channel":"email","recipient":"nobody"}""", "#/recipient")]
    [InlineData("""{"channel":"sms","recipient":"+33612246400","to":"x"}""", "#/to")]
    public async Task Names_the_wrong_field_of_a_test(string body, string field)
    {
        await ReportAsync(new(0, null, null, "closed", 0, Counts(), []));

        (await SendAsync(HttpMethod.Post, "test", body)).ShouldNameFields().ShouldBe([field]);
    }

    [Fact]
    public async Task Answers_a_test_with_what_the_worker_stored_and_forgets_it()
    {
        await ReportAsync(new(0, null, null, "closed", 0, Counts(), []));
        var asking = SendAsync(HttpMethod.Post, "test", """{"channel":"sms","recipient":"+33612246400"}""");
        var id = Guid.Empty;
        await Eventually.Until(
            async () => (id = await _host.QueryAsync(
                db => db.Set<ProviderTest>().Where(t => t.Provider == _name).Select(t => t.Id).SingleOrDefaultAsync())) != Guid.Empty,
            "the test is a row");
        var stored = await _host.QueryAsync(db => db.Set<ProviderTest>().AsNoTracking().SingleAsync(t => t.Id == id));
        System.Text.Encoding.Latin1.GetString(stored.Message).ShouldNotContain("33612246400");

        var result = """{"outcome":"failed","reason":"authentication_failed","providerMessageId":null,"milliseconds":12}""";
        await _host.QueryAsync(
            db => db.Set<ProviderTest>().Where(t => t.Id == id).ExecuteUpdateAsync(u => u.SetProperty(t => t.Result, result)));

        (await asking).Text.ShouldBe(
            result.Replace("{", $$"""{"provider":"{{_name}}",""", StringComparison.Ordinal)
                .Replace("\"reason\"", "\"scope\":\"provider\",\"reason\"", StringComparison.Ordinal));
        (await _host.QueryAsync(db => db.Set<ProviderTest>().CountAsync(t => t.Id == id))).ShouldBe(0);
    }

    [Fact]
    public async Task Forgets_a_test_that_no_worker_answers()
    {
        var time = new FakeTimeProvider();
        var services = _host.Services;
        var trial = new ProviderTrial(
            services.GetRequiredService<IProviderStore>(), services.GetRequiredService<IDbContextFactory<OtpDbContext>>(),
            ApiHost.Secrets, services.GetRequiredService<IOptions<DeliveryOptions>>(), time);

        var asking = trial.RunAsync(_name, new("sms", "+33612246400", "FR", "Tests"), CancellationToken.None);
        await Eventually.Until(async () => await TestsAsync() == 1, "the test is a row");
        await Eventually.Until(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return asking.IsCompleted;
            },
            "its time is over");

        (await asking).ShouldBeNull();
        (await TestsAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Forgets_a_test_whose_caller_is_gone()
    {
        using var gone = new CancellationTokenSource();
        var trial = _host.Services.GetRequiredService<ProviderTrial>();

        var asking = trial.RunAsync(_name, new("sms", "+33612246400", "FR", "Tests"), gone.Token);
        await Eventually.Until(async () => await TestsAsync() == 1, "the test is a row");
        await gone.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => asking);
        (await TestsAsync()).ShouldBe(0);
    }

    private Task<int> TestsAsync() => _host.QueryAsync(db => db.Set<ProviderTest>().CountAsync(t => t.Provider == _name));

    private static Dictionary<string, int> Counts(params (string Outcome, int Count)[] counts) =>
        counts.ToDictionary(c => c.Outcome, c => c.Count, StringComparer.Ordinal);

    private async Task<JsonElement> FindAsync() => (await _admin.GetAsync("/admin/providers")).Json.GetProperty("data").EnumerateArray()
        .Single(p => p.GetProperty("name").GetString() == _name);

    private Task<Answer> SendAsync(HttpMethod method, string call, string? body = null) =>
        _admin.SendAsync(
            method, $"/admin/providers/{_name}/{call}", body is null ? null : new StringContent(body),
            body is null ? null : "application/json");

    private async Task<(bool Paused, int? Weight)?> SettingAsync() =>
        await _host.QueryAsync(db => db.Set<ProviderSetting>().AsNoTracking().SingleOrDefaultAsync(s => s.Provider == _name)) is { } row
            ? (row.Paused, row.Weight)
            : null;

    private Task ReportAsync(ProviderReading reading) => _host.QueryAsync(async db =>
    {
        db.Add(new ProviderReport
        {
            Provider = _name,
            ProcessId = Guid.CreateVersion7(),
            ReportedAt = TimeProvider.System.GetUtcNow().UtcDateTime,
            Reading = JsonSerializer.Serialize(reading, ProviderJson.Default.ProviderReading),
        });
        return await db.SaveChangesAsync();
    });
}
