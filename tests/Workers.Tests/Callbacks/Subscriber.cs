using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OtpPipeline.Workers.Tests.Callbacks;

/// <summary>A request as a subscriber got it.</summary>
internal sealed record Received(string Path, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>A subscriber on a port of its own that answers as it is told.</summary>
internal sealed class Subscriber : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Subscriber(WebApplication app) => _app = app;

    public ConcurrentQueue<Received> All { get; } = new();

    public int Port => new Uri(_app.Urls.Single()).Port;

    public string Url => $"http://127.0.0.1:{Port}/";

    public static async Task<Subscriber> StartAsync(RequestDelegate? answer = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var subscriber = new Subscriber(app);
        app.Run(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            var body = await reader.ReadToEndAsync();
            subscriber.All.Enqueue(new(http.Request.Path, http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), body));
            if (answer is not null)
            {
                await answer(http);
            }
        });
        await app.StartAsync();
        return subscriber;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
