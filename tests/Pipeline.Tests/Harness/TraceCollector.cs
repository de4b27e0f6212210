using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>An OTLP collector that keeps what it is sent as bytes; a span's trace id and name stand in them as they are.</summary>
internal sealed class TraceCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<byte[]> _spans = new();

    private TraceCollector()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/v1/traces", KeepAsync);
        _app.MapPost("/v1/metrics", () => Results.Ok());
    }

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    public static async Task<TraceCollector> StartAsync()
    {
        var collector = new TraceCollector();
        await collector._app.StartAsync();
        return collector;
    }

    /// <summary>A span of this name was exported in one message with the trace id.</summary>
    public bool Has(string traceId, string span)
    {
        var id = Convert.FromHexString(traceId);
        var name = Encoding.UTF8.GetBytes(span);
        return _spans.Any(s => s.AsSpan().IndexOf(id) >= 0 && s.AsSpan().IndexOf(name) >= 0);
    }

    public bool Mentions(string text) => _spans.Any(s => s.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task KeepAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        _spans.Enqueue(body.ToArray());
    }
}
