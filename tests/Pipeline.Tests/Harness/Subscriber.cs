using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OtpPipeline.Storage.Postgres.Sessions;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>A callback as a subscriber got it, and when.</summary>
internal sealed record ReceivedCallback(string Path, string WebhookId, string Timestamp, string Signature, string Body, DateTime ArrivedAt)
{
    public JsonElement Otp => JsonDocument.Parse(Body).RootElement.GetProperty("data")[0];

    public Guid OtpId => Otp.GetProperty("otpId").GetGuid();

    public long Sequence => Otp.GetProperty("sequence").GetInt64();

    public long Previous => Otp.GetProperty("previous").GetInt64();

    public string Status => Otp.GetProperty("status").GetString()!;
}

/// <summary>A subscriber on a port of its own, 200 unless told otherwise; each test has a path of its own.</summary>
internal sealed class Subscriber : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Subscriber(WebApplication app) => _app = app;

    public ConcurrentQueue<ReceivedCallback> All { get; } = new();

    /// <summary>Answers by path.</summary>
    public ConcurrentDictionary<string, RequestDelegate> Answers { get; } = new(StringComparer.Ordinal);

    public static async Task<Subscriber> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var subscriber = new Subscriber(builder.Build());
        subscriber._app.Run(subscriber.ReceiveAsync);
        await subscriber._app.StartAsync();
        return subscriber;
    }

    public string Url(string path) => _app.Urls.Single() + path;

    public List<ReceivedCallback> At(string path) => [.. All.Where(c => string.Equals(c.Path, path, StringComparison.Ordinal))];

    /// <summary>So many callbacks have arrived at the path.</summary>
    public async Task<List<ReceivedCallback>> UntilAsync(string path, int count, TimeSpan? within = null) =>
        await Eventually.Get(() => Task.FromResult(At(path) is { } all && all.Count >= count ? all : null), $"{count} callbacks arrive at {path}", within);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync();
        var headers = http.Request.Headers;
        All.Enqueue(new(http.Request.Path, headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString(), headers["webhook-signature"].ToString(), body, DateTime.UtcNow));
        if (Answers.TryGetValue(http.Request.Path, out var answer))
        {
            await answer(http);
        }
        else
        {
            await http.Response.WriteAsync("thanks");
        }
    }
}

/// <summary>Any number of hosts that take a connection and never say a word: every address of 127.0.0.0/8 on one port.</summary>
internal sealed class DeadHosts : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Any, 0);
    private readonly ConcurrentBag<Socket> _held = [];

    public DeadHosts()
    {
        _listener.Start(4096);
        _ = HoldAsync();
    }

    public int Connections => _held.Count;

    public string Url(int number) => $"http://127.77.{number / 250}.{(number % 250) + 1}:{((IPEndPoint)_listener.LocalEndpoint).Port}/dead";

    public void Dispose()
    {
        _listener.Stop();
        foreach (var socket in _held)
        {
            socket.Dispose();
        }
    }

    private async Task HoldAsync()
    {
        try
        {
            while (true)
            {
                _held.Add(await _listener.AcceptSocketAsync());
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            return;
        }
    }
}
