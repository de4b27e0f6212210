using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Hosting;
using OtpPipeline.Hosting.Health;

namespace OtpPipeline.Api.Tests.Hosting.Telemetry;

/// <summary>It takes connections and says nothing, for longer than any test runs.</summary>
public sealed class A_collector_that_does_not_answer
{
    // Two seconds are promised; unlimited, traces and metrics take five each.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(7);

    [Theory]
    [InlineData("http/protobuf")]
    [InlineData("grpc")]
    public async Task Does_not_hold_up_a_stop(string protocol)
    {
        using var collector = new TcpListener(IPAddress.Loopback, 0);
        collector.Start();
        var builder = WebApplication.CreateBuilder(
        [
            $"--OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:{((IPEndPoint)collector.LocalEndpoint).Port}",
            $"--OTEL_EXPORTER_OTLP_PROTOCOL={protocol}",
            "--OTEL_EXPORTER_OTLP_TIMEOUT=600000",
        ]);
        builder.AddServiceDefaults("tests", "http://127.0.0.1:0");
        await using var app = builder.Build();
        app.MapHealth();
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        using (var http = new HttpClient { BaseAddress = new Uri(addresses.First()) })
        {
            (await http.GetAsync(new Uri("/health/live", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        await StopAsync(app).WaitAsync(Deadline);
    }

    // As a host ends: what the stop left is disposed of too.
    private static async Task StopAsync(WebApplication app)
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
