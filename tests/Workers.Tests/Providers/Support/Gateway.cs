using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OtpPipeline.Workers.Tests.Providers.Support;

/// <summary>A request as the gateway's socket got it.</summary>
internal sealed record Received(string Method, string Target, string Body, string? ContentType, IReadOnlyDictionary<string, string> Headers);

/// <summary>An SMS gateway on loopback that keeps what it gets and answers as it is told.</summary>
internal sealed class Gateway : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Received> _received = new();

    private Gateway(WebApplication app) => _app = app;

    public Func<HttpContext, Task> Answer { get; set; } = _ => Task.CompletedTask;

    public string Url => _app.Urls.First();

    public IReadOnlyCollection<Received> All => _received;

    public Received Single => _received.ShouldHaveSingleItem();

    public static async Task<Gateway> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(k => k.RequestHeaderEncodingSelector = _ => Encoding.UTF8);
        var gateway = new Gateway(builder.Build());
        gateway._app.Run(gateway.TakeAsync);
        await gateway._app.StartAsync();
        return gateway;
    }

    /// <summary>Answers every request so.</summary>
    public void Says(int status, string body = "", params (string Name, string Value)[] headers) => Answer = async context =>
    {
        context.Response.StatusCode = status;
        foreach (var (name, value) in headers)
        {
            context.Response.Headers[name] = value;
        }

        await context.Response.WriteAsync(body);
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var target = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        _received.Enqueue(new(context.Request.Method, target, await reader.ReadToEndAsync(), context.Request.ContentType, headers));
        await Answer(context);
    }
}
