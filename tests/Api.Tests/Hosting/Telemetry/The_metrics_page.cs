using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using OtpPipeline.Hosting;
using OtpPipeline.Hosting.Health;
using OtpPipeline.Hosting.Telemetry;

namespace OtpPipeline.Api.Tests.Hosting.Telemetry;

public sealed class The_metrics_page
{
    [Theory]
    [InlineData("true", HttpStatusCode.OK)]
    [InlineData("False", HttpStatusCode.NotFound)]
    [InlineData("", HttpStatusCode.NotFound)]
    public async Task Is_there_where_it_is_switched_on(string setting, HttpStatusCode status)
    {
        var builder = WebApplication.CreateBuilder([$"--Telemetry:Prometheus={setting}"]);
        builder.AddServiceDefaults("tests", "http://127.0.0.1:0");
        builder.WebHost.UseTestServer();
        await using var app = builder.Build();
        app.MapHealth();
        app.MapMetrics();
        await app.StartAsync();

        var answer = await app.GetTestClient().GetAsync(new Uri("/metrics", UriKind.Relative));

        answer.StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task Shows_no_host_that_somebody_else_chose()
    {
        var builder = WebApplication.CreateBuilder(["--Telemetry:Prometheus=true"]);
        builder.AddServiceDefaults("tests", "http://127.0.0.1:0");
        builder.WebHost.UseTestServer();
        await using var app = builder.Build();
        app.MapMetrics();
        await app.StartAsync();
        using (var http = new HttpClient())
        {
            await Should.ThrowAsync<HttpRequestException>(() => http.GetAsync(new Uri("http://subscriber.invalid/")));
        }

        var page = await app.GetTestClient().GetStringAsync(new Uri("/metrics", UriKind.Relative));

        page.ShouldContain("http_client_request_duration_seconds_count");
        page.ShouldNotContain("subscriber.invalid");
    }
}
