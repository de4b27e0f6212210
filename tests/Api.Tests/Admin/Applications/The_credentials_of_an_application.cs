using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Api.Security;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Applications.Identifiers;
using OtpPipeline.Core.Applications.Lookup;

namespace OtpPipeline.Api.Tests.Admin.Applications;

public sealed class The_credentials_of_an_application
{
    private readonly ApiHost _host;
    private readonly AdminClient _admin;
    private readonly ApplicationDirectory _directory;

    public The_credentials_of_an_application(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _admin = host.Admin();
        _directory = host.Services.GetRequiredService<ApplicationDirectory>();
    }

    [Fact]
    public async Task A_further_key_has_its_own_scopes_and_end()
    {
        var made = await _admin.WithApplicationAsync();
        var sms = await _admin.PostAsync($"/{made.Id}/keys", new { scopes = new[] { "sms" }, dateExpires = "2999-01-01T00:00:00Z" });
        sms.Status.ShouldBe(HttpStatusCode.Created, sms.Text);
        var id = sms.Json.GetProperty("key").GetProperty("id").GetString();
        var client = _host.Client(made.Tenant with { Key = sms.Json.GetProperty("apiKey").GetString()! });
        await _host.RefreshAsync();

        (await client.ReadAsync(Guid.CreateVersion7()))
            .ShouldBeRefused(403, "insufficient_scope", 2111, "The API key does not have the scope 'otp'");

        (await _admin.PatchAsync($"/{made.Id}/keys/{id}", new { scopes = new[] { "otp" } })).Json.GetProperty("dateExpires").GetString()
            .ShouldBe("2999-01-01T00:00:00Z");
        await _host.RefreshAsync();
        (await client.ReadAsync(Guid.CreateVersion7())).Status.ShouldBe(HttpStatusCode.NotFound);

        (await _admin.PatchAsync($"/{made.Id}/keys/{id}", new { dateExpires = "2020-01-01T00:00:00Z" })).Status.ShouldBe(HttpStatusCode.OK);
        await _host.RefreshAsync();
        (await client.ReadAsync(Guid.CreateVersion7())).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_revoked_key_is_refused_for_good_and_its_neighbour_is_not()
    {
        var made = await _admin.WithApplicationAsync();
        var second = await _admin.PostAsync($"/{made.Id}/keys");
        var first = (await _admin.GetAsync($"/{made.Id}")).Json.GetProperty("keys")[0].GetProperty("id").GetString();

        (await _admin.DeleteAsync($"/{made.Id}/keys/{first}")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await _admin.DeleteAsync($"/{made.Id}/keys/{first}")).Status.ShouldBe(HttpStatusCode.NoContent);
        await _host.RefreshAsync();

        (await _host.Client(made.Tenant).GetAsync("/applications")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await _host.Client(made.Tenant with { Key = second.Json.GetProperty("apiKey").GetString()! }).GetAsync("/applications")).Status
            .ShouldBe(HttpStatusCode.OK);
        (await _admin.PatchAsync($"/{made.Id}/keys/{first}", new { scopes = new[] { "otp" } }))
            .ShouldBeProblem(409, 2109, "The key is revoked for good");
        (await _admin.GetAsync($"/{made.Id}")).Json.GetProperty("keys")[0].GetProperty("dateRevoked").ValueKind
            .ShouldBe(JsonValueKind.String);
    }

    [Theory]
    [InlineData("""{"scopes":["all"]}""", "#/scopes")]
    [InlineData("""{"dateExpires":"tomorrow"}""", "#/dateExpires")]
    [InlineData("""{"name":"x"}""", "#/name")]
    public async Task A_key_is_not_made_of_wrong_fields(string body, string pointer) =>
        (await _admin.PostAsync($"/{_host.OtherShop.Id}/keys", body)).ShouldNameFields().ShouldBe([pointer]);

    [Fact]
    public async Task The_last_use_of_a_key_is_shown()
    {
        var made = await _admin.WithApplicationAsync();
        await _host.RefreshAsync();
        (await _admin.GetAsync($"/{made.Id}")).Json.GetProperty("keys")[0].GetProperty("dateLastUsed").ValueKind
            .ShouldBe(JsonValueKind.Null);

        await _host.Client(made.Tenant).GetAsync("/applications");
        await _host.Services.GetRequiredService<KeyUsage>().WriteAsync(TestContext.Current.CancellationToken);

        (await _admin.GetAsync($"/{made.Id}")).Json.GetProperty("keys")[0].GetProperty("dateLastUsed").GetDateTimeOffset()
            .ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData("beem_app", """{"forbiddenOnRefusal":"true"}""")]
    [InlineData("beem_key", "{}")]
    [InlineData("bizmagnets_config", """{"text":"{{pin}} is yours"}""")]
    [InlineData("gupshup_key", """{"message":"Your code: %code%","codeLength":"4"}""")]
    public async Task An_identifier_that_is_made_here_finds_its_application(string kind, string settings)
    {
        var made = await _admin.WithApplicationAsync();

        var answer = await _admin.PostAsync($"/{made.Id}/identifiers", $$"""{"kind":"{{kind}}","settings":{{settings}}}""");
        await _host.RefreshAsync();

        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        var text = answer.Json.TryGetProperty("key", out var key)
            ? key.GetString()!
            : answer.Json.GetProperty("identifier").GetProperty("identifier").GetString()!;
        var kindOf = Core.Formats.EnumText<IdentifierKind>.Parse(kind);
        var found = _directory.Find(kindOf, text).ShouldNotBeNull();
        found.Application.Id.ToString().ShouldBe(made.Id);
        foreach (var (name, value) in JsonElement.Parse(settings).EnumerateObject().Select(p => (p.Name, p.Value.GetString()!)))
        {
            found.Identifier.Setting(name).ShouldBe(value);
        }

        if (answer.Json.TryGetProperty("secret", out var secret))
        {
            _directory.Find(kindOf, text, secret.GetString()!).ShouldNotBeNull();
            _directory.Find(kindOf, text, secret.GetString()! + "x").ShouldBeNull();
            (await _admin.GetAsync($"/{made.Id}")).Text.ShouldNotContain(secret.GetString()!);
        }

        if (kind == "gupshup_key")
        {
            text.ShouldMatch("^[0-9a-f]{32}$");
            found.Identifier.Setting("retryPeriod").ShouldBe("60");
            _directory.Find(kindOf, text.ToUpperInvariant()).ShouldNotBeNull();
            (await _admin.GetAsync($"/{made.Id}")).Text.ShouldNotContain(text);
        }
    }

    [Theory]
    [InlineData("gupshup_account", "account-1")]
    [InlineData("gupshup_user", "2000099999")]
    [InlineData("beem_key", "b3f1aa00bb11cc22")]
    [InlineData("token_client", "7873310555ea4ee972518ae9559f276707c77fae")]
    public async Task An_identifier_with_its_secret_can_be_brought_along_once(string kind, string identifier)
    {
        var body = new { kind, identifier, secret = "brought-along==" };
        var made = await _admin.WithApplicationAsync();
        var other = await _admin.WithApplicationAsync();

        (await _admin.PostAsync($"/{made.Id}/identifiers", body)).Status.ShouldBe(HttpStatusCode.Created);
        (await _admin.PostAsync($"/{other.Id}/identifiers", body)).ShouldBeProblem(409, 2108, "An identifier of this kind exists already");
        await _host.RefreshAsync();

        var found = _directory.Find(Core.Formats.EnumText<IdentifierKind>.Parse(kind), identifier, "brought-along==").ShouldNotBeNull();
        found.Application.Id.ToString().ShouldBe(made.Id);
    }

    [Theory]
    [InlineData("""{}""", "#/kind")]
    [InlineData("""{"kind":"pigeon"}""", "#/kind")]
    [InlineData("""{"kind":"beem_app","identifier":"12a"}""", "#/identifier")]
    [InlineData("""{"kind":"beem_app","identifier":"0"}""", "#/identifier")]
    [InlineData("""{"kind":"beem_app","secret":"long enough"}""", "#/secret")]
    [InlineData("""{"kind":"beem_app","settings":{"forbiddenOnRefusal":"perhaps"}}""", "#/settings/forbiddenOnRefusal")]
    [InlineData("""{"kind":"beem_key","identifier":"a:b"}""", "#/identifier")]
    [InlineData("""{"kind":"beem_key","secret":"short"}""", "#/secret")]
    [InlineData("""{"kind":"gupshup_user"}""", "#/identifier")]
    [InlineData("""{"kind":"gupshup_key"}""", "#/settings/message")]
    [InlineData("""{"kind":"gupshup_key","settings":{"message":"no code"}}""", "#/settings/message")]
    [InlineData("""{"kind":"gupshup_key","settings":{"message":"%code%","codeLength":"3"}}""", "#/settings/codeLength")]
    [InlineData("""{"kind":"gupshup_key","settings":{"message":"%code%","accountType":"mars"}}""", "#/settings/accountType")]
    [InlineData("""{"kind":"gupshup_key","identifier":"123","settings":{"message":"%code%"}}""", "#/identifier")]
    [InlineData("""{"kind":"bizmagnets_config","settings":{"text":"no pin"}}""", "#/settings/text")]
    [InlineData("""{"kind":"bizmagnets_config","settings":{"colour":"red"}}""", "#/settings/colour")]
    [InlineData("""{"kind":"bizmagnets_config","settings":[]}""", "#/settings")]
    [InlineData("""{"kind":"bizmagnets_config","colour":"red"}""", "#/colour")]
    public async Task An_identifier_is_not_made_of_wrong_fields(string body, string pointer) =>
        (await _admin.PostAsync($"/{_host.OtherShop.Id}/identifiers", body)).ShouldNameFields().ShouldBe([pointer]);

    [Fact]
    public async Task The_settings_of_an_identifier_change_one_by_one_and_it_can_be_removed()
    {
        var made = await _admin.WithApplicationAsync();
        var answer = await _admin.PostAsync(
            $"/{made.Id}/identifiers", new { kind = "gupshup_key", settings = new { message = "%code%", codeLength = "4" } });
        var path = $"/{made.Id}/identifiers/{answer.Json.GetProperty("identifier").GetProperty("id").GetString()}";
        var key = answer.Json.GetProperty("key").GetString()!;

        (await _admin.PatchAsync(path, new { settings = new { codeExpiry = 300 } })).Json.GetProperty("settings").GetProperty("codeExpiry")
            .GetString().ShouldBe("300");
        (await _admin.PatchAsync(path, new { settings = new { message = "without" } })).ShouldNameFields().ShouldBe(["#/settings/message"]);
        await _host.RefreshAsync();
        _directory.Find(IdentifierKind.GupshupKey, key)!.Identifier.Setting("codeLength").ShouldBe("4");
        (await _admin.PostAsync($"{path}/secret")).ShouldBeProblem(409, 2109, "Identifiers of this kind have no secret");

        (await _admin.DeleteAsync(path)).Status.ShouldBe(HttpStatusCode.NoContent);
        await _host.RefreshAsync();
        _directory.Find(IdentifierKind.GupshupKey, key).ShouldBeNull();
    }

    [Fact]
    public async Task A_webhook_secret_is_changed_without_a_gap()
    {
        var made = await _admin.WithApplicationAsync();
        var first = (await _admin.GetAsync($"/{made.Id}")).Json.GetProperty("webhookSecrets")[0].GetProperty("id").GetString();

        var second = await _admin.PostAsync($"/{made.Id}/webhook-secrets");
        await _host.RefreshAsync();
        _directory.SecretsOf(Guid.Parse(made.Id))!.Select(Text)
            .ShouldBe([second.Json.GetProperty("secret").GetString(), made.WebhookSecret]);
        (await _admin.PostAsync($"/{made.Id}/webhook-secrets"))
            .ShouldBeProblem(409, 2109, "The application has two webhook secrets; drop one first");

        (await _admin.DeleteAsync($"/{made.Id}/webhook-secrets/{first}")).Status.ShouldBe(HttpStatusCode.NoContent);
        await _host.RefreshAsync();
        _directory.SecretsOf(Guid.Parse(made.Id))!.Select(Text).ShouldBe([second.Json.GetProperty("secret").GetString()]);

        static string Text(byte[] secret) => "whsec_" + Convert.ToBase64String(secret);
    }

    [Fact]
    public void What_the_configuration_declares_is_found()
    {
        _directory.Find(IdentifierKind.BeemApp, "4711")!.Application.Id.ShouldBe(_host.Shop.Id);
        _directory.Find(IdentifierKind.BeemApp, "04711").ShouldNotBeNull();
        _directory.Find(IdentifierKind.BeemKey, "beem-key", "beem-secret==").ShouldNotBeNull();
        _directory.Find(IdentifierKind.BeemKey, "beem-key", "beem-key").ShouldBeNull();
        _directory.Find(IdentifierKind.BizmagnetsConfig, "shop-CONFIG").ShouldNotBeNull();
        _directory.Find(IdentifierKind.GupshupKey, _host.GupshupKey)!.Identifier.Setting("message").ShouldBe("Code %code%");
        _directory.Find(IdentifierKind.GupshupUser, "2000012345", "gupshup-password").ShouldNotBeNull();
        _directory.Find(IdentifierKind.TokenClient, _host.Shop.Id.ToString(), _host.ShopSecret).ShouldNotBeNull();
    }
}
