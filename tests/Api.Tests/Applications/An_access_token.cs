using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Applications.Identifiers;
using OtpPipeline.Core.Applications.Lookup;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Api.Tests.Applications;

public sealed class An_access_token
{
    private readonly ApiHost _host;
    private readonly TokenClient _tokens;

    public An_access_token(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _tokens = new(host);
    }

    [Theory]
    [InlineData("grant_type=client_credentials", "otp sms")]
    [InlineData("grant_type=client_credentials&scope=", "otp sms")]
    [InlineData("grant_type=client_credentials&scope=otp+sms", "otp sms")]
    [InlineData("scope=sms%20otp&grant_type=client_credentials", "sms otp")]
    [InlineData("scope=otp&grant_type=client_credentials", "otp")]
    public async Task Is_given_for_id_and_secret_and_opens_otp(string form, string scope)
    {
        var answer = await _tokens.AskAsync(form);

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        answer.Json.EnumerateObject().Select(p => p.Name).ShouldBe(["access_token", "expires_in", "scope", "token_type"]);
        answer.Json.GetProperty("expires_in").GetInt32().ShouldBe(86_400);
        answer.Json.GetProperty("scope").GetString().ShouldBe(scope);
        answer.Json.GetProperty("token_type").GetString().ShouldBe("Bearer");
        answer["Cache-Control"].ShouldBe("no-store");
        foreach (var header in new[] { "X-Request-Id", "X-Response-Time", "X-Rate-Limit-Limit", "X-Rate-Limit-Remaining" })
        {
            answer[header].ShouldNotBeNullOrEmpty();
        }

        var token = answer.Json.GetProperty("access_token").GetString()!;
        var otp = await _tokens.Bearer(token).RequestAsync(new { phoneNumber = Recipients.Next() });
        otp.Status.ShouldBe(HttpStatusCode.Created, otp.Text);
        otp["X-Rate-Limit-Limit"].ShouldBe("6000");
        (await _host.Client(_host.Shop).ReadAsync(otp.Json.GetProperty("otpId").GetString()!)).Status.ShouldBe(HttpStatusCode.OK);
        _host.Logs.Lines.ShouldAllBe(l => !l.Text.Contains(token) && !l.Text.Contains(_host.ShopSecret));
    }

    [Fact]
    public async Task Is_given_for_id_and_secret_in_the_form_too()
    {
        var form = $"grant_type=client_credentials&client_id={_host.Shop.Id}&client_secret={_host.ShopSecret}";

        (await _tokens.AskAsync(form, credentials: null)).Status.ShouldBe(HttpStatusCode.OK);
        (await _tokens.AskAsync(form)).ShouldBeRefused(401, "invalid_client", 1600, "Invalid client");
    }

    [Theory]
    [InlineData("plain-secret", "plain-secret")]
    [InlineData("p+ss w\u00f6rd:1%2F", "p%2Bss+w%C3%B6rd%3A1%252F")]
    [InlineData("50%41off", "50%41off")]
    [InlineData("a+secret", "a%2Bsecret")]
    public async Task Is_given_for_Basic_credentials_as_they_are_and_form_encoded(string secret, string encoded)
    {
        var admin = _host.Admin();
        var made = await admin.WithApplicationAsync();
        var id = $"client%{Random.Shared.NextInt64()}+1";
        (await admin.PostAsync($"/{made.Id}/identifiers", new { kind = "token_client", identifier = id, secret })).Status
            .ShouldBe(HttpStatusCode.Created);

        (await _tokens.AskAsync("grant_type=client_credentials", BasicHeader.From($"{id}:{secret}"))).Status.ShouldBe(HttpStatusCode.OK);
        if (!encoded.Equals(secret, StringComparison.Ordinal))
        {
            var token = await _tokens.TokenAsync(
                "grant_type=client_credentials", BasicHeader.From($"{Uri.EscapeDataString(id)}:{encoded}"));
            (await _tokens.Bearer(token).GetAsync("/applications")).Status.ShouldBe(HttpStatusCode.OK);
        }

        (await _tokens.AskAsync("grant_type=client_credentials", BasicHeader.From($"{id}:{encoded}x"))).Status
            .ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Is_not_given_for_bytes_that_are_no_UTF_8()
    {
        var admin = _host.Admin();
        var made = await admin.WithApplicationAsync();
        var id = $"latin{Random.Shared.NextInt64()}";
        await admin.PostAsync($"/{made.Id}/identifiers", new { kind = "token_client", identifier = id, secret = "secret-\ufffd" });
        var latin = "Basic " + Convert.ToBase64String(System.Text.Encoding.Latin1.GetBytes($"{id}:secret-\u00f6"));

        (await _tokens.AskAsync("grant_type=client_credentials", latin)).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Does_only_what_its_scopes_allow()
    {
        var client = _tokens.Bearer(await _tokens.TokenAsync("grant_type=client_credentials&scope=sms"));

        (await client.RequestAsync(new { phoneNumber = Recipients.Next() }))
            .ShouldBeRefused(403, "insufficient_scope", 2111, "The access token does not have the scope 'otp'");
        (await client.GetAsync("/applications")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Is_refused_where_it_is_not_ours_or_was_changed()
    {
        var token = await _tokens.TokenAsync("grant_type=client_credentials");
        var changed = token[..20] + (token[20] == 'A' ? 'B' : 'A') + token[21..];
        foreach (var wrong in new[] { "x", changed, token + "AA", token[..^4], new string('A', 3000), "eyJhbGciOiJub25lIn0.e30." })
        {
            var answer = await _tokens.Bearer(wrong).ReadAsync(Guid.CreateVersion7());

            answer.ShouldBeRefused(401, "invalid_api_key", 2110, "The access token is expired or not valid");
            answer["WWW-Authenticate"].ShouldBe("Bearer realm=\"OtpPipeline\", error=\"invalid_token\"");
        }
    }

    [Fact]
    public async Task Ends_with_its_lifetime()
    {
        var directory = _host.Services.GetRequiredService<ApplicationDirectory>();
        var clock = new FakeTimeProvider();
        var tokens = new AccessTokens(_host.Services.GetRequiredService<KeyRing>(), ApiHost.Secrets, directory, clock);
        var client = directory.Find(IdentifierKind.TokenClient, _host.Shop.Id.ToString())!.Identifier;
        var token = tokens.Issue(client, _host.ShopSecret, ["otp"], TimeSpan.FromSeconds(60));

        clock.Advance(TimeSpan.FromSeconds(59));
        (await tokens.FindAsync(token, TestContext.Current.CancellationToken))!.Application.Id.ShouldBe(_host.Shop.Id);
        clock.Advance(TimeSpan.FromSeconds(1));
        (await tokens.FindAsync(token, TestContext.Current.CancellationToken)).ShouldBeNull();
    }

    [Fact]
    public async Task Is_accepted_by_every_process_and_after_a_restart()
    {
        var token = await _tokens.TokenAsync("grant_type=client_credentials");
        await using var other = new KestrelHost(_host);
        using var http = new HttpClient { BaseAddress = other.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);

        (await http.GetAsync(new Uri("/applications", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Ends_with_its_application()
    {
        var admin = _host.Admin();
        var made = await admin.WithApplicationAsync();
        await _host.RefreshAsync();
        var client = _tokens.Bearer(
            await _tokens.TokenAsync("grant_type=client_credentials", BasicHeader.From($"{made.Id}:{made.Secret}")));
        (await client.GetAsync("/applications")).Status.ShouldBe(HttpStatusCode.OK);

        await admin.PatchAsync($"/{made.Id}", new { status = "inactive" });
        await _host.RefreshAsync();
        (await client.GetAsync("/applications")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await _tokens.AskAsync("grant_type=client_credentials", BasicHeader.From($"{made.Id}:{made.Secret}"))).Status
            .ShouldBe(HttpStatusCode.Unauthorized);
        await admin.PatchAsync($"/{made.Id}", new { status = "active" });
        await _host.RefreshAsync();
        (await client.GetAsync("/applications")).Status.ShouldBe(HttpStatusCode.OK);

        await admin.DeleteAsync($"/{made.Id}");
        await _host.RefreshAsync();
        (await client.GetAsync("/applications")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Ends_when_the_secret_that_it_was_asked_for_with_is_dropped()
    {
        var admin = _host.Admin();
        var made = await admin.WithApplicationAsync(new { tokenLifetime = 120 });
        await _host.RefreshAsync();
        var before = _tokens.Bearer(
            await _tokens.TokenAsync("grant_type=client_credentials", BasicHeader.From($"{made.Id}:{made.Secret}")));
        var identifier = $"/{made.Id}/identifiers/{(await admin.GetAsync($"/{made.Id}")).Json.GetProperty("identifiers")[0].GetProperty("id").GetString()}";

        var secret = (await admin.PostAsync($"{identifier}/secret")).Json.GetProperty("secret").GetString();
        await _host.RefreshAsync();
        var after = _tokens.Bearer(await _tokens.TokenAsync("grant_type=client_credentials", BasicHeader.From($"{made.Id}:{secret}")));
        (await _tokens.AskAsync("grant_type=client_credentials", BasicHeader.From($"{made.Id}:{made.Secret}"))).Json.GetProperty("expires_in").GetInt32().ShouldBe(120);
        (await before.GetAsync("/applications")).Status.ShouldBe(HttpStatusCode.OK);

        (await admin.DeleteAsync($"{identifier}/previous-secret")).Status.ShouldBe(HttpStatusCode.NoContent);
        await _host.RefreshAsync();
        (await before.GetAsync("/applications")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await after.GetAsync("/applications")).Status.ShouldBe(HttpStatusCode.OK);
        (await _tokens.AskAsync("grant_type=client_credentials", BasicHeader.From($"{made.Id}:{made.Secret}"))).Status
            .ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Loses_a_scope_that_its_application_loses()
    {
        var admin = _host.Admin();
        var made = await admin.WithApplicationAsync();
        await _host.RefreshAsync();
        var client = _tokens.Bearer(
            await _tokens.TokenAsync("grant_type=client_credentials", BasicHeader.From($"{made.Id}:{made.Secret}")));

        await admin.PatchAsync($"/{made.Id}", new { settings = new { scopes = new[] { "sms" } } });
        await _host.RefreshAsync();

        (await client.ReadAsync(Guid.CreateVersion7())).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await _tokens.AskAsync("grant_type=client_credentials&scope=otp", BasicHeader.From($"{made.Id}:{made.Secret}"))).Status
            .ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Gives_way_to_an_API_key_that_comes_with_it_but_not_to_an_empty_one()
    {
        var token = await _tokens.TokenAsync("grant_type=client_credentials&scope=sms");
        var withKey = _host.Client(_host.OtherShop);
        withKey.Http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        var withWrongKey = _host.Client(Tenant.New());
        withWrongKey.Http.DefaultRequestHeaders.Authorization = new("Bearer", await _tokens.TokenAsync("grant_type=client_credentials"));
        var withEmptyKey = new ApiClient(_host.Factory.CreateClient(), "");
        withEmptyKey.Http.DefaultRequestHeaders.Authorization = new("Bearer", await _tokens.TokenAsync("grant_type=client_credentials"));

        (await withKey.GetAsync("/applications")).Json.GetProperty("data")[0].GetProperty("applicationId").GetString()
            .ShouldBe(_host.OtherShop.Id.ToString());
        (await withWrongKey.GetAsync("/applications")).ShouldBeRefused(401, "invalid_api_key", 2110, "The API key is missing or not valid");
        (await withEmptyKey.GetAsync("/applications")).Json.GetProperty("data")[0].GetProperty("applicationId").GetString()
            .ShouldBe(_host.Shop.Id.ToString());
    }
}
