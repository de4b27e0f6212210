using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OtpPipeline.Api.Tests.CompatibleApis.Support;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Applications.Identifiers;
using OtpPipeline.Core.Applications.Lookup;
using OtpPipeline.Core.Database;

namespace OtpPipeline.Api.Tests.Applications;

public sealed class A_new_credential
{
    private readonly ApiHost _host;
    private readonly AdminClient _admin;

    public A_new_credential(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _admin = host.Admin();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Works_at_once_in_the_process_that_made_it_and_in_others(bool inAnother)
    {
        await using var another = new KestrelHost(_host);
        using var http = inAnother ? new HttpClient { BaseAddress = another.Address } : _host.Factory.CreateClient();

        // Each credential is the first thing of it that the process sees.
        var made = await _admin.WithApplicationAsync();
        (await new ApiClient(http, made.Key).GetAsync("/applications")).Status.ShouldBe(HttpStatusCode.OK);
        var key = (await _admin.PostAsync($"/{made.Id}/keys")).Json.GetProperty("apiKey").GetString();
        (await new ApiClient(http, key).GetAsync("/applications")).Status.ShouldBe(HttpStatusCode.OK);

        var other = await _admin.WithApplicationAsync();
        var token = await TokenAsync(http, $"{other.Id}:{other.Secret}");
        var identifier = (await _admin.GetAsync($"/{other.Id}")).Json.GetProperty("identifiers")[0].GetProperty("id").GetString();
        var secret = (await _admin.PostAsync($"/{other.Id}/identifiers/{identifier}/secret")).Json.GetProperty("secret").GetString();
        (await TokenAsync(http, $"{other.Id}:{secret}")).ShouldNotBe(token);

        var app = $"{Random.Shared.Next(500_000_000, 900_000_000)}";
        var pair = (await _admin.PostAsync($"/{made.Id}/identifiers", new { kind = "beem_key" })).Json;
        await _admin.PostAsync($"/{made.Id}/identifiers", new { kind = "beem_app", identifier = app });
        var basic = $"{pair.GetProperty("identifier").GetProperty("identifier").GetString()}:{pair.GetProperty("secret").GetString()}";
        var beem = await new CompatibleApiClient(http).BeemAsync(
            basic, "/v1/request", new { appId = app, msisdn = Recipients.Next()[1..] });
        beem.Json.GetProperty("data").GetProperty("message").GetProperty("code").GetInt32().ShouldBe(100, beem.Text);

        var gupshup = await _admin.PostAsync($"/{made.Id}/gupshup/keys", new { message = "Code %code%", accountType = "intl" });
        var line = await new CompatibleApiClient(http).QueryAsync(
            "/apps/TwoFactorAuth/incoming.php", ("key", gupshup.Json.EnumerateObject().Single().Name), ("phone", Recipients.Next()[1..]));
        line.Text.ShouldStartWith("success | 100");
    }

    [Fact]
    public async Task Of_an_access_token_works_at_once_in_another_process()
    {
        await using var another = new KestrelHost(_host);
        var made = await _admin.WithApplicationAsync();
        var token = await TokenAsync(_host.Factory.CreateClient(), $"{made.Id}:{made.Secret}");
        using var http = new HttpClient { BaseAddress = another.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);

        (await http.GetAsync(new Uri("/applications", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode
            .ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task That_is_revoked_or_switched_off_ends_at_once_in_the_process_that_did_it()
    {
        var made = await _admin.WithApplicationAsync();
        var key = (await _admin.PostAsync($"/{made.Id}/keys")).Json;
        var (client, other) = (_host.Client(made.Tenant), _host.Client(made.Tenant with { Key = key.GetProperty("apiKey").GetString()! }));
        (await other.GetAsync("/applications")).Status.ShouldBe(HttpStatusCode.OK);

        await _admin.DeleteAsync($"/{made.Id}/keys/{key.GetProperty("key").GetProperty("id").GetString()}");
        (await other.GetAsync("/applications")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        foreach (var (status, expected) in new[] { ("inactive", HttpStatusCode.Unauthorized), ("active", HttpStatusCode.OK) })
        {
            await _admin.PatchAsync($"/{made.Id}", new { status });
            (await client.GetAsync("/applications")).Status.ShouldBe(expected, status);
        }
    }

    [Fact]
    public async Task Costs_the_database_little_when_strangers_make_them_up()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var contexts = new Counting(_host.Services.GetRequiredService<IDbContextFactory<OtpDbContext>>());
        await using var directory = new ApplicationDirectory(
            contexts, ApiHost.Secrets, TimeProvider.System, NullLogger<ApplicationDirectory>.Instance);
        await directory.RefreshAsync(cancellation);
        var began = TimeProvider.System.GetTimestamp();

        var found = await Task.WhenAll(Enumerable.Range(0, 3_000).Select(i => (i % 3) switch
        {
            0 => FoundAsync(directory.FindByKeyAsync($"made up {i}", cancellation)),
            1 => FoundAsync(directory.FindAsync(IdentifierKind.BeemKey, $"made-up-{i}", "secret", cancellation)),
            _ => FoundAsync(directory.FindAsync(IdentifierKind.BeemKey, "beem-key", $"wrong {i}", cancellation)),
        }));

        found.ShouldAllBe(f => !f);
        contexts.Asked.ShouldBeLessThanOrEqualTo(1 + 50 + (int)(TimeProvider.System.GetElapsedTime(began).TotalSeconds * 50) + 5);
        (await directory.FindByKeyAsync(_host.Shop.Key, cancellation)).ShouldNotBeNull();

        // Known credentials are answered from memory.
        var asked = contexts.Asked;
        await directory.FindByKeyAsync(_host.Shop.Key, cancellation);
        await directory.FindByKeyAsync(_host.Revoked.Key, cancellation);
        await directory.FindAsync(IdentifierKind.BeemKey, "beem-key", "beem-secret==", cancellation);
        contexts.Asked.ShouldBe(asked);
    }

    [Fact]
    public async Task Stays_unknown_where_the_database_cannot_be_asked()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var contexts = new Counting(_host.Services.GetRequiredService<IDbContextFactory<OtpDbContext>>());
        await using var directory = new ApplicationDirectory(
            contexts, ApiHost.Secrets, TimeProvider.System, NullLogger<ApplicationDirectory>.Instance);
        await directory.RefreshAsync(cancellation);
        contexts.Fails = true;

        (await directory.FindByKeyAsync("unknown", cancellation)).ShouldBeNull();
        (await directory.FindByKeyAsync(_host.Shop.Key, cancellation)).ShouldNotBeNull();
    }

    [Fact]
    public async Task That_is_a_known_name_of_another_kind_leads_to_no_new_reading()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var contexts = new Counting(_host.Services.GetRequiredService<IDbContextFactory<OtpDbContext>>());
        await using var directory = new ApplicationDirectory(
            contexts, ApiHost.Secrets, TimeProvider.System, NullLogger<ApplicationDirectory>.Instance);
        await directory.RefreshAsync(cancellation);

        // What comes while a question is held shares the next one.
        contexts.Held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var held = FoundAsync(directory.FindByKeyAsync("made up", cancellation));
        await contexts.IsHeld.Task;
        var others = new[]
        {
            FoundAsync(directory.FindAsync(IdentifierKind.GupshupUser, "beem-key", cancellation)),
            FoundAsync(directory.FindAsync(IdentifierKind.BeemKey, "made-up", cancellation)),
        };
        contexts.Held.SetResult();

        (await Task.WhenAll([held, .. others])).ShouldAllBe(f => !f);
        contexts.Asked.ShouldBe(1 + 2);
    }

    private static async Task<bool> FoundAsync<T>(ValueTask<T?> finding)
        where T : class => await finding is not null;

    private static async Task<string> TokenAsync(HttpClient http, string pair)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post, "/oauth/token") { Content = new FormUrlEncodedContent([new("grant_type", "client_credentials")]) };
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
        var answer = await Answer.OfAsync(await http.SendAsync(request));
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        return answer.Json.GetProperty("access_token").GetString()!;
    }

    private sealed class Counting(IDbContextFactory<OtpDbContext> contexts) : IDbContextFactory<OtpDbContext>
    {
        private int _asked;

        public int Asked => _asked;

        public bool Fails { get; set; }

        public TaskCompletionSource? Held { get; set; }

        public TaskCompletionSource IsHeld { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public OtpDbContext CreateDbContext() => throw new NotSupportedException();

        public async Task<OtpDbContext> CreateDbContextAsync(CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _asked);
            if (Held is { } held)
            {
                IsHeld.TrySetResult();
                await held.Task;
            }

            return Fails ? throw new TimeoutException() : await contexts.CreateDbContextAsync(cancellationToken);
        }
    }
}
