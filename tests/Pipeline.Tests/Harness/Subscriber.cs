using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>A callback as a subscriber got it, and when.</summary>
internal sealed record ReceivedCallback(string Path, string WebhookId, string Timestamp, string Signature, string Body, DateTime ArrivedAt)
{
    public static ReceivedCallback From(ReceivedRequest request) => new(
        request.Path, Header(request, "webhook-id"), Header(request, "webhook-timestamp"), Header(request, "webhook-signature"),
        request.Body, request.ArrivedAt);

    public JsonElement Otp => JsonDocument.Parse(Body).RootElement.GetProperty("data")[0];

    public Guid OtpId => Otp.GetProperty("otpId").GetGuid();

    public long Sequence => Otp.GetProperty("sequence").GetInt64();

    public long Previous => Otp.GetProperty("previous").GetInt64();

    public string Status => Otp.GetProperty("status").GetString()!;

    private static string Header(ReceivedRequest request, string name) => request.Headers.GetValueOrDefault(name, "");
}

/// <summary>A subscriber on a port of its own, 200 unless told otherwise; each test has a path of its own.</summary>
internal sealed class Subscriber : IAsyncDisposable
{
    private readonly HttpReceiver _http;

    private Subscriber(HttpReceiver http)
    {
        _http = http;
        http.Answer = AnswerAsync;
    }

    public IEnumerable<ReceivedCallback> All => _http.All.Select(ReceivedCallback.From);

    /// <summary>Answers by path.</summary>
    public ConcurrentDictionary<string, RequestDelegate> Answers { get; } = new(StringComparer.Ordinal);

    public static async Task<Subscriber> StartAsync() => new(await HttpReceiver.StartAsync());

    public string Url(string path) => _http.Url + path;

    public List<ReceivedCallback> At(string path) =>
        [.. _http.All.Where(r => string.Equals(r.Path, path, StringComparison.Ordinal)).Select(ReceivedCallback.From)];

    /// <summary>So many callbacks have arrived at the path.</summary>
    public async Task<List<ReceivedCallback>> UntilAsync(string path, int count, TimeSpan? within = null) =>
        await Eventually.Get(
            () => Task.FromResult(At(path) is { } all && all.Count >= count ? all : null), $"{count} callbacks arrive at {path}", within);

    public ValueTask DisposeAsync() => _http.DisposeAsync();

    private Task AnswerAsync(HttpContext http) =>
        Answers.TryGetValue(http.Request.Path, out var answer) ? answer(http) : http.Response.WriteAsync("thanks");
}
