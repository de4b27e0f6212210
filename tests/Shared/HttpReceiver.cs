using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace OtpPipeline.Tests.Shared;

/// <summary>A request as an <see cref="HttpReceiver"/> got it.</summary>
/// <param name="Method">As sent.</param>
/// <param name="Target">Path and query, byte for byte.</param>
/// <param name="Path">Decoded, without the query.</param>
/// <param name="Headers">By name, in any case.</param>
/// <param name="Content">The body's bytes.</param>
/// <param name="ArrivedAt">When its last byte was read.</param>
internal sealed record ReceivedRequest(
    string Method, string Target, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Content, DateTime ArrivedAt)
{
    public string Body { get; } = Encoding.UTF8.GetString(Content);

    public string? ContentType => Headers.GetValueOrDefault("Content-Type");
}

/// <summary>An HTTP server on a port of 127.0.0.1 that keeps each request and answers as told; 200 otherwise.</summary>
internal sealed class HttpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedRequest> _all = new();

    private HttpReceiver(WebApplication app) => _app = app;

    /// <summary>Called when the request is read and kept.</summary>
    public RequestDelegate Answer { get; set; } = _ => Task.CompletedTask;

    public IReadOnlyCollection<ReceivedRequest> All => _all;

    public ReceivedRequest Single => _all.Single();

    /// <summary>Without a slash at its end.</summary>
    public string Url => _app.Urls.Single();

    public int Port => new Uri(Url).Port;

    public static async Task<HttpReceiver> StartAsync(RequestDelegate? answer = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(k => k.RequestHeaderEncodingSelector = _ => Encoding.UTF8);
        var receiver = new HttpReceiver(builder.Build());
        receiver.Answer = answer ?? receiver.Answer;
        receiver._app.Run(receiver.ReceiveAsync);
        await receiver._app.StartAsync();
        return receiver;
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

    /// <summary>The request that is being answered.</summary>
    public static ReceivedRequest RequestOf(HttpContext context) => (ReceivedRequest)context.Items[nameof(ReceivedRequest)]!;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var request = new ReceivedRequest(
            context.Request.Method, target, context.Request.Path, headers, body.ToArray(), DateTime.UtcNow);
        context.Items[nameof(ReceivedRequest)] = request;
        _all.Enqueue(request);
        await Answer(context);
    }
}
