using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Hosting.Health;

public sealed class The_page_of_the_workers
{
    [Theory]
    [InlineData("health/live")]
    [InlineData("health/ready")]
    [InlineData("nowhere")]
    public async Task Has_the_security_headers_of_the_api(string path)
    {
        await using var database = await MigratedDatabase.CreateAsync();
        await using var host = new WorkerHost(database);
        await host.StartAsync();
        using var http = new HttpClient { BaseAddress = host.Address };

        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));

        var headers = answer.Headers.ToDictionary(h => h.Key, h => string.Join(',', h.Value), StringComparer.OrdinalIgnoreCase);
        headers["X-Content-Type-Options"].ShouldBe("nosniff");
        headers["Referrer-Policy"].ShouldBe("no-referrer");
        headers["Content-Security-Policy"].ShouldStartWith("default-src 'none';");
        headers["Cache-Control"].ShouldBe("no-store");
        headers.Keys.ShouldNotContain("Server");
    }
}
