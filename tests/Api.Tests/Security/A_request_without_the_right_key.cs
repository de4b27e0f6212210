using System.Net;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Security;

public sealed class A_request_without_the_right_key
{
    private readonly ApiHost _host;

    public A_request_without_the_right_key(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    public static TheoryData<string> Unwelcome =>
        ["none", "unknown", nameof(ApiHost.Expired), nameof(ApiHost.Revoked), nameof(ApiHost.Inactive)];

    [Theory]
    [MemberData(nameof(Unwelcome))]
    public async Task Is_unauthorized_on_every_path(string who)
    {
        var client = _host.Client(who switch
        {
            "none" => null,
            "unknown" => Tenant.New(),
            nameof(ApiHost.Expired) => _host.Expired,
            nameof(ApiHost.Revoked) => _host.Revoked,
            _ => _host.Inactive,
        });
        var id = Guid.CreateVersion7();
        Answer[] answers =
        [
            await client.RequestAsync(new { phoneNumber = Recipients.Next() }),
            await client.RequestAsync("not json"),
            await client.ReadAsync(id),
            await client.VerifyAsync(id, "1234"),
            await client.CancelAsync(id),
            await client.GetAsync("/sandbox/messages?recipient=%2B33612246400"),
        ];

        foreach (var answer in answers)
        {
            answer.ShouldBeRefused(401, "invalid_api_key", 2110, "The API key is missing or not valid");
            answer["WWW-Authenticate"].ShouldBe("ApiKey realm=\"OtpPipeline\", header=\"X-API-KEY\"");
        }
    }

    [Fact]
    public async Task Is_forbidden_where_the_key_lacks_the_scope()
    {
        var answer = await _host.Client(_host.WithoutScope).RequestAsync(new { phoneNumber = Recipients.Next() });

        answer.ShouldBeRefused(403, "insufficient_scope", 2111, "The API key does not have the scope 'otp'");
    }

    [Fact]
    public async Task Is_unauthorized_with_a_bearer_token_alone_and_welcome_with_both()
    {
        var alone = _host.Client(tenant: null);
        alone.Http.DefaultRequestHeaders.Authorization = new("Bearer", "something");
        var both = _host.Client(_host.Shop);
        both.Http.DefaultRequestHeaders.Authorization = new("Bearer", "something");

        (await alone.RequestAsync(new { phoneNumber = Recipients.Next() })).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await both.RequestAsync(new { phoneNumber = Recipients.Next() })).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Is_slowed_down_by_address()
    {
        await using var server = new KestrelHost(
            _host, new Dictionary<string, string>(StringComparer.Ordinal) { ["Api:AnonymousRequestsPerMinute"] = "3" });
        using var http = new HttpClient { BaseAddress = server.Address };
        var guesser = new ApiClient(http, Tenant.New().Key);

        // Eight, since a minute of the clock may end in between.
        var answers = new List<Answer>();
        for (var i = 0; i < 8; i++)
        {
            answers.Add(await guesser.ReadAsync(Guid.CreateVersion7()));
        }

        answers[0].Status.ShouldBe(HttpStatusCode.Unauthorized);
        answers.ShouldContain(a => a.Status == HttpStatusCode.TooManyRequests);
        (await new ApiClient(http, _host.Shop.Key).RequestAsync(new { phoneNumber = Recipients.Next() })).Status
            .ShouldBe(HttpStatusCode.Created);
    }
}
