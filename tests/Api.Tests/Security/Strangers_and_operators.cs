using System.Net;
using System.Text;
using OtpPipeline.Api.Security;
using OtpPipeline.Api.Tests.CompatibleApis.Support;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Security;

public sealed class Strangers_and_operators
{
    private readonly ApiHost _host;

    public Strangers_and_operators(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Fact]
    public async Task Failed_credentials_of_an_address_never_refuse_right_ones()
    {
        await using var server = Server(("Api:AnonymousRequestsPerMinute", "2"), ("Api:AdminRequestsPerMinute", "3"));
        using var http = new HttpClient { BaseAddress = server.Address };
        var strangers = new ApiClient(http, key: null);
        var token = $"{_host.Shop.Id}:{_host.ShopSecret}";

        // Twice as often as the limit allows in the two minutes of the clock that this may touch.
        for (var i = 0; i < 8; i++)
        {
            await strangers.ReadAsync(Guid.CreateVersion7());
            await TokenAsync(http, $"{_host.Shop.Id}:wrong");
        }

        (await TokenAsync(http, token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await new ApiClient(http, _host.AdminKey).GetAsync("/admin/applications")).Status.ShouldBe(HttpStatusCode.OK);
        (await new ApiClient(http, _host.Shop.Key).ReadAsync(Guid.CreateVersion7())).Status.ShouldBe(HttpStatusCode.NotFound);
        (await new CompatibleApiClient(http).BeemAsync("beem-key:beem-secret==", "/v1/verify", new { pinId = "none", pin = "1" })).Status
            .ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Failed_credentials_of_admin_calls_and_token_requests_are_charged_to_their_address()
    {
        await using var server = Server(("Api:AnonymousRequestsPerMinute", "2"));
        using var http = new HttpClient { BaseAddress = server.Address };
        var guesser = new ApiClient(http, "not the operator's key");
        var guesses = new List<Answer>();
        var tokens = new List<HttpStatusCode>();
        for (var i = 0; i < 6; i++)
        {
            guesses.Add(await guesser.GetAsync("/admin/applications"));
            using var answer = await TokenAsync(http, $"{_host.Shop.Id}:wrong");
            tokens.Add(answer.StatusCode);
        }

        guesses.ShouldAllBe(a => a.Status == HttpStatusCode.Unauthorized || a.Status == HttpStatusCode.TooManyRequests);
        guesses.ShouldContain(a => a.Status == HttpStatusCode.TooManyRequests);
        var refused = guesses.First(a => a.Status == HttpStatusCode.TooManyRequests);
        refused["Content-Type"].ShouldBe("application/problem+json");
        refused["Retry-After"].ShouldNotBeNull();
        tokens.ShouldContain(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Operators_have_a_budget_that_costs_no_application_anything()
    {
        await using var server = Server(("Api:AdminRequestsPerMinute", "3"));
        using var http = new HttpClient { BaseAddress = server.Address };
        var answers = new List<Answer>();
        for (var i = 0; i < 8; i++)
        {
            answers.Add(await new ApiClient(http, _host.AdminKey).GetAsync("/admin/applications?limit=1"));
        }

        answers[0].Status.ShouldBe(HttpStatusCode.OK);
        answers[0]["X-Rate-Limit-Limit"].ShouldBe("3");
        answers.ShouldContain(a => a.Status == HttpStatusCode.TooManyRequests);
        (await new ApiClient(http, _host.Shop.Key).ReadAsync(Guid.CreateVersion7())).Status.ShouldBe(HttpStatusCode.NotFound);
        (await new ApiClient(http, key: null).ReadAsync(Guid.CreateVersion7())).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Token_requests_of_an_application_and_its_other_requests_are_counted_apart()
    {
        var limits = new { limits = new { requestsPerMinute = 3 } };
        var (busy, asking) = (await _host.Admin().WithApplicationAsync(limits), await _host.Admin().WithApplicationAsync(limits));
        var http = _host.Factory.CreateClient();
        var (requests, tokens) = (new List<HttpStatusCode>(), new List<HttpStatusCode>());

        // Eight, since a minute of the clock may end in between.
        for (var i = 0; i < 8; i++)
        {
            requests.Add((await _host.Client(busy.Tenant).ReadAsync(Guid.CreateVersion7())).Status);
            using var answer = await TokenAsync(http, $"{asking.Id}:{asking.Secret}");
            tokens.Add(answer.StatusCode);
        }

        requests.ShouldContain(HttpStatusCode.TooManyRequests);
        tokens.ShouldContain(HttpStatusCode.TooManyRequests);
        (await TokenAsync(http, $"{busy.Id}:{busy.Secret}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _host.Client(asking.Tenant).ReadAsync(Guid.CreateVersion7())).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("203.0.113.1", "203.0.113.2", false)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:2::1", false)]
    [InlineData("203.0.113.1, 127.0.0.1", "203.0.113.1", true)]
    [InlineData("198.51.100.7, 203.0.113.1", "203.0.113.1", true)]
    public async Task Behind_a_known_proxy_each_address_is_charged_by_itself(string first, string second, bool together)
    {
        await using var server = Server(("Api:AnonymousRequestsPerMinute", "2"), ("Api:KnownProxies:0", "127.0.0.0/8"));

        (await ChargedTogetherAsync(server, first, second)).ShouldBe(together);
    }

    [Fact]
    public async Task A_proxy_that_nobody_named_is_not_believed()
    {
        await using var server = Server(("Api:AnonymousRequestsPerMinute", "2"), ("Api:KnownProxies:0", "10.1.2.3"));
        await using var without = Server(("Api:AnonymousRequestsPerMinute", "2"));

        (await ChargedTogetherAsync(server, "203.0.113.1", "203.0.113.2")).ShouldBeTrue();
        (await ChargedTogetherAsync(without, "203.0.113.1", "203.0.113.2")).ShouldBeTrue();
    }

    [Fact]
    public void Counters_of_addresses_stay_within_bounds_and_count_all_the_same()
    {
        var counters = new RequestCounters(new Microsoft.Extensions.Time.Testing.FakeTimeProvider());
        for (var i = 0; i < RequestCounters.MostAddresses + 20_000; i++)
        {
            counters.Take(new Bucket((UInt128)i), 1_000_000);
        }

        counters.Kept.ShouldBeLessThanOrEqualTo(RequestCounters.MostAddresses + RequestCounters.SharedCounters);
        counters.Take(new Bucket(0), 2).Admitted.ShouldBeTrue();
        counters.Take(new Bucket(0), 2).Admitted.ShouldBeFalse();
        var late = new Bucket(UInt128.MaxValue);
        counters.Take(late, 1_000_000).Remaining.ShouldBe(counters.Take(late, 1_000_000).Remaining + 1);
    }

    [Fact]
    public void A_refused_stranger_is_told_when_the_minute_ends()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new(2026, 11, 27, 9, 0, 20, TimeSpan.Zero));
        var counters = new RequestCounters(clock);
        counters.Take(new Bucket(1), 1).Admitted.ShouldBeTrue();

        var refused = counters.Take(new Bucket(1), 1);

        (refused.Admitted, refused.ResetAfter).ShouldBe((false, TimeSpan.FromSeconds(40)));
        clock.Advance(refused.ResetAfter);
        counters.Take(new Bucket(1), 1).Admitted.ShouldBeTrue();
    }

    private KestrelHost Server(params (string Key, string Value)[] settings) =>
        new(_host, settings.ToDictionary(s => s.Key, s => s.Value, StringComparer.Ordinal));

    private static async Task<HttpResponseMessage> TokenAsync(HttpClient http, string pair)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post, "/oauth/token") { Content = new FormUrlEncodedContent([new("grant_type", "client_credentials")]) };
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
        return await http.SendAsync(request);
    }

    /// <summary>Whether the second address is refused because of what the first one did.</summary>
    private static async Task<bool> ChargedTogetherAsync(KestrelHost server, string first, string second)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        while (true)
        {
            var minute = Minute();
            for (var i = 0; i < 3; i++)
            {
                await AskAsync(http, first);
            }

            var status = await AskAsync(http, second);
            if (minute == Minute())
            {
                return status == HttpStatusCode.TooManyRequests;
            }
        }
    }

    private static long Minute() => DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 60;

    private static async Task<HttpStatusCode> AskAsync(HttpClient http, string forwardedFor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/applications");
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", forwardedFor);
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }
}
