using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Admin;

public sealed class The_log_of_changes
{
    private readonly ApiHost _host;
    private readonly AdminClient _admin;
    private readonly HashSet<string> _done = new(StringComparer.Ordinal);

    public The_log_of_changes(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _admin = host.Admin();
    }

    [Fact]
    public async Task Has_a_line_for_each_change_with_who_what_and_which_id_and_no_secret()
    {
        var answer = await _admin.PostAsync("", new { name = "logged" });
        var id = answer.Json.GetProperty("application").GetProperty("id").GetString()!;
        ShouldLog("adminCreateApplication", id);
        await _admin.PatchAsync($"/{id}", new { name = "logged again" });
        ShouldLog("adminChangeApplication", id);

        var key = await _admin.PostAsync($"/{id}/keys");
        var keyId = key.Json.GetProperty("key").GetProperty("id").GetString()!;
        ShouldLog("adminCreateKey", id, keyId);
        await _admin.PatchAsync($"/{id}/keys/{keyId}", new { scopes = new[] { "sms" } });
        ShouldLog("adminChangeKey", id, keyId);
        await _admin.DeleteAsync($"/{id}/keys/{keyId}");
        ShouldLog("adminRevokeKey", id, keyId);

        var identifier = await _admin.PostAsync($"/{id}/identifiers", new { kind = "beem_key" });
        var identifierId = identifier.Json.GetProperty("identifier").GetProperty("id").GetString()!;
        ShouldLog("adminCreateIdentifier", id, identifierId);
        await _admin.PatchAsync($"/{id}/identifiers/{identifierId}", new { settings = new { } });
        ShouldLog("adminChangeIdentifier", id, identifierId);
        var secret = await _admin.PostAsync($"/{id}/identifiers/{identifierId}/secret");
        ShouldLog("adminRotateSecret", id, identifierId);
        await _admin.DeleteAsync($"/{id}/identifiers/{identifierId}/previous-secret");
        ShouldLog("adminDropPreviousSecret", id, identifierId);
        await _admin.DeleteAsync($"/{id}/identifiers/{identifierId}");
        ShouldLog("adminRemoveIdentifier", id, identifierId);

        await _admin.PostAsync($"/{id}/gupshup/accounts", new { accountid = $"{Random.Shared.NextInt64()}", token = "brought-along" });
        ShouldLog("adminLinkGupshupAccount", id, await IdentifierAsync(id, "gupshup_account"));
        await _admin.PostAsync($"/{id}/gupshup/keys", new { message = "Code %code%" });
        ShouldLog("adminCreateGupshupKey", id, await IdentifierAsync(id, "gupshup_key"));

        var webhook = await _admin.PostAsync($"/{id}/webhook-secrets");
        ShouldLog("adminCreateWebhookSecret", id, webhook.Json.GetProperty("id").GetString()!);
        await _admin.DeleteAsync($"/{id}/webhook-secrets/{webhook.Json.GetProperty("id").GetString()}");
        ShouldLog("adminDropWebhookSecret", id, webhook.Json.GetProperty("id").GetString()!);
        await new ApiClient(_host.Factory.CreateClient(), _host.AdminKey)
            .SendAsync(HttpMethod.Post, "/admin/callbacks/replay", new StringContent($$"""{"application":"{{id}}"}"""), "application/json");
        ShouldLog("adminReplayCallbacks", "0 callbacks", id);
        await _admin.DeleteAsync($"/{id}");
        ShouldLog("adminRevokeApplication", id);

        string?[] secrets =
        [
            answer.Json.GetProperty("apiKey").GetString(), key.Json.GetProperty("apiKey").GetString(),
            secret.Json.GetProperty("secret").GetString(),
            webhook.Json.GetProperty("secret").GetString(), _host.AdminKey,
        ];
        foreach (var shown in secrets.OfType<string>())
        {
            _host.Logs.Lines.ShouldAllBe(l => !l.Text.Contains(shown));
        }

        // Those of dead letters and of one callback have tests of their own.
        var all = _host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText!.StartsWith("/admin", StringComparison.Ordinal) && e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods is not ["GET"])
            .Select(e => e.Metadata.GetMetadata<IEndpointNameMetadata>()!.EndpointName);
        all.Except(_done, StringComparer.Ordinal)
            .ShouldBe(["replayDeadLetter", "discardDeadLetter", "adminReplayCallback", "adminPauseProvider", "adminResumeProvider", "adminWeighProvider", "adminTestProvider"], ignoreOrder: true);
    }

    [Fact]
    public async Task Names_the_address_of_the_caller_which_a_known_proxy_may_tell()
    {
        var logs = new CapturedLogs();
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["Api:KnownProxies:0"] = "127.0.0.0/8" };
        await using var server = new KestrelHost(_host, settings, services => services.AddSingleton<ILoggerProvider>(logs));
        using var http = new HttpClient { BaseAddress = server.Address };

        var direct = await new AdminClient(http, _host.AdminKey).WithApplicationAsync();
        http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        var behind = await new AdminClient(http, _host.AdminKey).WithApplicationAsync();

        logs.Lines.ShouldContain(l => l.Text.Contains($"did adminCreateApplication on {direct.Id} from 127.0.0.1;"));
        logs.Lines.ShouldContain(l => l.Text.Contains($"did adminCreateApplication on {behind.Id} from 203.0.113.9;"));
    }

    [Fact]
    public async Task Has_no_line_for_what_was_refused_or_only_read()
    {
        var id = (await _admin.WithApplicationAsync()).Id;
        var before = Lines().Count;

        await _admin.GetAsync($"/{id}");
        await _admin.PatchAsync($"/{id}", new { name = "" });
        await _admin.DeleteAsync($"/{Guid.CreateVersion7()}");
        await _host.Admin("wrong key").DeleteAsync($"/{id}");

        Lines().Skip(before).ShouldAllBe(l => !l.Contains(id));
    }

    private List<string> Lines() =>
        [.. _host.Logs.Lines.Where(
            l => l.Category.EndsWith(".AdminChanges", StringComparison.Ordinal) && l.Level == LogLevel.Information).Select(l => l.Text)];

    private void ShouldLog(string operation, params string[] parts)
    {
        _done.Add(operation);
        Lines().ShouldContain(
            l => l.StartsWith($"The operator's key did {operation} on", StringComparison.Ordinal) && parts.All(p => l.Contains(p)),
            operation);
    }

    private async Task<string> IdentifierAsync(string id, string kind) =>
        (await _admin.GetAsync($"/{id}")).Json.GetProperty("identifiers").EnumerateArray()
        .Single(i => i.GetProperty("kind").GetString() == kind).GetProperty("id").GetString()!;
}
