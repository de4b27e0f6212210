using OtpPipeline.Api.Tests.CompatibleApis.Support;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Api.Tests.CompatibleApis.Beem;

/// <summary>Whoever has no credentials, wrong ones, or those of another application.</summary>
public sealed class A_stranger
{
    private readonly ApiHost _host;
    private readonly CompatibleApiClient _client;

    public A_stranger(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _client = host.CompatibleApis();
    }

    public static TheoryData<string, string> Calls => new()
    {
        { "/v1/request", """{"appId":4711,"msisdn":"33612246400"}""" },
        { "/v1/verify", """{"pinId":"01a1fa86-7284-736a-9747-af98cbc88280","pin":"000000"}""" },
        { "/api/v1/request", """{"appId":4711,"msisdn":"33612246400"}""" },
        { "/api/v1/verify", """{"pinId":"01a1fa86-7284-736a-9747-af98cbc88280","pin":"000000"}""" },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Without_credentials_is_told_that_they_are_missing(string path, string body)
    {
        (await _client.BeemAsync(null, path, body)).ShouldSay(110, "Username or Password missing");
        (await _client.BeemAsync("beem-key:", path, body)).ShouldSay(110, "Username or Password missing");
        (await _client.BeemAsync(":beem-secret==", path, body)).ShouldSay(110, "Username or Password missing");
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task With_wrong_credentials_is_unauthorized(string path, string body)
    {
        foreach (var header in new[]
        {
            BasicHeader.From("beem-key:beem-secret"), BasicHeader.From("beem-key:beem-secret== "),
            BasicHeader.From("BEEM-KEY:beem-secret=="), BasicHeader.From("nobody:beem-secret=="),
            BasicHeader.From("beem-key"), "Basic", "Basic ???", "Basic beem-key:beem-secret==", $"Bearer {_host.Shop.Key}", _host.Shop.Key,
        })
        {
            var answer = await _client.SendAsync(HttpMethod.Post, path, body, "application/json", ("Authorization", header));

            answer.ShouldSay(120, "Wrong Username or Password", 401);
            answer["WWW-Authenticate"].ShouldBe("Basic realm=\"OtpPipeline\", charset=\"UTF-8\"");
        }
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task With_two_headers_or_a_key_of_another_api_is_unauthorized(string path, string body)
    {
        var right = BasicHeader.From("beem-key:beem-secret==");

        (await _client.SendAsync(HttpMethod.Post, path, body, "application/json", ("Authorization", right), ("Authorization", right)))
            .ShouldSay(120, "Wrong Username or Password", 401);
        (await _client.SendAsync(HttpMethod.Post, path, body, "application/json", ("X-API-KEY", _host.Shop.Key)))
            .ShouldSay(110, "Username or Password missing");
    }

    [Fact]
    public async Task Of_another_application_finds_neither_its_appId_nor_its_PINs()
    {
        var (owner, other) = (await KnownApplication.MakeAsync(_host), await KnownApplication.MakeAsync(_host));
        var pinId = await new BeemClient(_host, owner).WithSentPinAsync();
        var stranger = new BeemClient(_host, other);

        (await stranger.RequestAsync(new { appId = owner.BeemApp, msisdn = BeemClient.Msisdn() })).ShouldSay(106, "Application not found");
        (await stranger.VerifyAsync(pinId, await _host.PinOfAsync(pinId))).ShouldSay(113, "pinId not found");

        (await _host.StateOfAsync(pinId)).ShouldBe((OtpStatus.Pending, 0));
        (await other.OtpsAsync(_host)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Whose_application_is_inactive_is_told_so()
    {
        var application = await KnownApplication.MakeAsync(_host);
        var client = new BeemClient(_host, application);
        var pinId = await client.WithSentPinAsync();
        await _host.Admin().PatchAsync($"/{application.Made.Id}", new { status = "inactive" });
        await _host.RefreshAsync();

        (await client.RequestAsync(new { appId = application.BeemApp, msisdn = BeemClient.Msisdn() }))
            .ShouldSay(107, "Application is inactive");
        (await client.VerifyAsync(pinId, await _host.PinOfAsync(pinId))).ShouldSay(107, "Application is inactive");
        (await _host.StateOfAsync(pinId)).ShouldBe((OtpStatus.Pending, 0));
    }

    [Fact]
    public async Task Leaves_no_secret_in_the_logs()
    {
        await _client.BeemAsync("beem-key:planted-secret-5521", "/v1/verify", """{"pinId":"5521-planted","pin":"5521-planted"}""");
        await _client.BeemAsync("beem-key:beem-secret==", "/v1/request", """{"appId":4711,"msisdn":"336129955210"}""");

        _host.Logs.Lines.Where(l => l.Category.StartsWith("OtpPipeline", StringComparison.Ordinal))
            .ShouldAllBe(
                l => !l.Text.Contains("planted", StringComparison.Ordinal) && !l.Text.Contains("9955210", StringComparison.Ordinal));
    }
}
