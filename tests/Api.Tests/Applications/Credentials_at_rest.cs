using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Api.Tests.CompatibleApis.Support;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Identifiers;

namespace OtpPipeline.Api.Tests.Applications;

public sealed class Credentials_at_rest
{
    private readonly ApiHost _host;

    public Credentials_at_rest(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Fact]
    public async Task Are_keyed_hashes_that_nobody_can_try_without_the_key()
    {
        var keys = await _host.QueryAsync(db => db.ApiKeys.AsNoTracking().ToListAsync());
        var identifiers = await _host.QueryAsync(db => db.ApplicationIdentifiers.AsNoTracking().ToListAsync());
        string[] secrets = [
            _host.Shop.Key, _host.ShopSecret, "beem-secret==", "gupshup-password", _host.GupshupKey, _host.GupshupKey.ToLowerInvariant()
        ];
        var plain = secrets.Select(s => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(s))))
            .ToHashSet(StringComparer.Ordinal);

        var stored = keys.Select(k => k.Hash)
            .Concat(identifiers.SelectMany(i => new[] { i.SecretHash, i.PreviousSecretHash }).OfType<byte[]>())
            .Select(Convert.ToHexStringLower).Concat(identifiers.Select(i => i.Identifier)).ToList();

        stored.ShouldNotBeEmpty();
        stored.ShouldAllBe(s => !plain.Contains(s));
        keys.Single(k => k is { Kind: KeyKind.Live } && k.ApplicationId == _host.Shop.Id).Prefix.ShouldBe(_host.Shop.Key[..4]);
        identifiers.Single(i => i is { Kind: IdentifierKind.GupshupKey } && i.ApplicationId == _host.Shop.Id).Display.ShouldBe("0123...");
    }

    [Fact]
    public async Task Of_two_identifiers_with_one_secret_differ()
    {
        var admin = _host.Admin();
        var made = await admin.WithApplicationAsync();
        foreach (var name in new[] { "one", "two" })
        {
            (await admin.PostAsync($"/{made.Id}/identifiers", new { kind = "beem_key", identifier = $"{made.Id[24..]}{name}", secret = "the same secret" })).Status.ShouldBe(HttpStatusCode.Created);
        }

        var id = Guid.Parse(made.Id);
        var rows = await _host.QueryAsync(
            db => db.ApplicationIdentifiers.AsNoTracking().Where(i => i.ApplicationId == id && i.Kind == IdentifierKind.BeemKey)
                .ToListAsync());

        rows.Select(r => Convert.ToHexString(r.SecretHash!)).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task Stay_valid_under_another_lookup_key_as_long_as_the_old_one_is_named()
    {
        var lookupKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        await using var after = Server(("Otp:LookupKey", lookupKey), ("Otp:OldLookupKeys:0", ApiHost.PinKey));
        await using var without = Server(("Otp:LookupKey", lookupKey));

        (await StatusesAsync(after)).ShouldBe([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK]);
        (await StatusesAsync(without)).ShouldBe([HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized]);
    }

    [Fact]
    public async Task Are_added_by_no_second_start()
    {
        var before = await CountAsync();
        var rotated = new Dictionary<string, string?>(_host.Configuration, StringComparer.Ordinal)
        {
            ["Otp:LookupKey"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), ["Otp:OldLookupKeys:0"] = ApiHost.PinKey,
        };
        (await ApiProcess.RunAsync(_host.Configuration, "--migrate")).ExitCode.ShouldBe(0);
        (await ApiProcess.RunAsync(rotated, "--migrate")).ExitCode.ShouldBe(0);

        (await CountAsync()).ShouldBe(before);
    }

    private Task<(int, int)> CountAsync() => _host.QueryAsync(async db => (
        await db.ApiKeys.CountAsync(k => k.ApplicationId == _host.Shop.Id), await db.ApplicationIdentifiers
            .CountAsync(i => i.ApplicationId == _host.Shop.Id)));

    private KestrelHost Server(params (string Key, string Value)[] settings) =>
        new(_host, settings.ToDictionary(s => s.Key, s => s.Value, StringComparer.Ordinal));

    private async Task<HttpStatusCode[]> StatusesAsync(KestrelHost server)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        using var request = new HttpRequestMessage(
            HttpMethod.Post, "/oauth/token") { Content = new FormUrlEncodedContent([new("grant_type", "client_credentials")]) };
        request.Headers.TryAddWithoutValidation("Authorization", BasicHeader.From($"{_host.Shop.Id}:{_host.ShopSecret}"));
        using var token = await http.SendAsync(request);
        return
        [
            (await new ApiClient(http, _host.Shop.Key).GetAsync("/applications")).Status,
            token.StatusCode,
            (await new CompatibleApiClient(http).BeemAsync("beem-key:beem-secret==", "/v1/verify", new { pinId = "none", pin = "1" })).Status,
        ];
    }
}
