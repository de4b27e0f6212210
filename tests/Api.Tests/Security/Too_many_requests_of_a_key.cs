using System.Net;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Security;

public sealed class Too_many_requests_of_a_key
{
    private readonly ApiHost _host;

    public Too_many_requests_of_a_key(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Fact]
    public async Task Are_refused_until_the_next_minute_and_cost_no_other_key_anything()
    {
        var client = _host.Client(_host.Slow);

        // Eight, since a minute of the clock may end in between.
        var answers = new List<Answer>();
        for (var i = 0; i < 8; i++)
        {
            answers.Add(await client.ReadAsync(Guid.CreateVersion7()));
        }

        answers[0].Status.ShouldBe(HttpStatusCode.NotFound);
        answers[0]["X-Rate-Limit-Limit"].ShouldBe("3");
        answers[0]["X-Rate-Limit-Remaining"].ShouldBe("2");
        var refused = answers.First(a => a.Status == HttpStatusCode.TooManyRequests);
        refused.ShouldBeRefused(429, "rate_limit", 2120, "Too many requests in this minute");
        refused["X-Rate-Limit-Limit"].ShouldBe("3");
        refused["X-Rate-Limit-Remaining"].ShouldBe("0");
        var retryAfter = int.Parse(refused["Retry-After"]!);
        retryAfter.ShouldBeInRange(1, 60);
        (long.Parse(refused["X-Rate-Limit-Reset"]!) - DateTimeOffset.UtcNow.ToUnixTimeSeconds()).ShouldBeInRange(retryAfter - 10, retryAfter);
        (await _host.Client(_host.Shop).ReadAsync(Guid.CreateVersion7())).Status.ShouldBe(HttpStatusCode.NotFound);
    }
}
