using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>What a host answered.</summary>
internal sealed record HostAnswer(int Status, string Text)
{
    /// <summary>Where the request did not get an answer at all.</summary>
    public const int NoAnswer = 0;

    public JsonElement Body => JsonDocument.Parse(Text).RootElement;

    /// <summary>The code of an error; 0 without one.</summary>
    public int Code => Status >= 400 && Body.TryGetProperty("error", out var error) ? error.GetProperty("code").GetInt32() : 0;

    public Guid OtpId => Body.GetProperty("otpId").GetGuid();

    public string OtpStatus => Body.GetProperty("status").GetString()!;

    // The properties that read a body fail where there is none.
    public override string ToString() => $"{Status} {Text}";
}

/// <summary>The REST API as a caller with a key sees it, over all Api processes in turn.</summary>
internal sealed class Client : IDisposable
{
    private readonly HttpClient _http;
    private readonly Func<IReadOnlyList<Uri>> _addresses;
    private int _turn;

    public Client(string key, Func<IReadOnlyList<Uri>> addresses)
    {
        _addresses = addresses;
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { Timeout = TimeSpan.FromSeconds(60) };
        _http.DefaultRequestHeaders.Add("X-API-KEY", key);
    }

    public Task<HostAnswer> RequestAsync(object body, string? idempotencyKey = null) =>
        SendAsync(HttpMethod.Post, "otp", JsonContent.Create(body), idempotencyKey);

    public Task<HostAnswer> GetAsync(Guid otpId) => SendAsync(HttpMethod.Get, $"otp/{otpId}");

    public Task<HostAnswer> VerifyAsync(Guid otpId, string pin) =>
        SendAsync(HttpMethod.Post, $"otp/{otpId}", JsonContent.Create(new { pin }));

    public Task<HostAnswer> ResendAsync(Guid otpId, object body, string? idempotencyKey = null) =>
        SendAsync(HttpMethod.Post, $"otp/{otpId}/resend", JsonContent.Create(body), idempotencyKey);

    public Task<HostAnswer> NextAsync(Guid otpId, string? idempotencyKey = null) =>
        SendAsync(HttpMethod.Post, $"otp/{otpId}/next", idempotencyKey: idempotencyKey);

    public Task<HostAnswer> CancelAsync(Guid otpId) => SendAsync(HttpMethod.Delete, $"otp/{otpId}");

    public Task<HostAnswer> PostTextAsync(string path, string body, string contentType = "application/json") =>
        SendAsync(HttpMethod.Post, path, new StringContent(body, Encoding.UTF8, contentType));

    /// <summary>A call of another compatible API, with the header that shows its caller.</summary>
    public Task<HostAnswer> PostAsync(string path, object body, string header, string value) =>
        SendAsync(HttpMethod.Post, path, JsonContent.Create(body), header: (header, value));

    public Task<HostAnswer> ReadAsync(string path) => SendAsync(HttpMethod.Get, path);

    /// <summary>The same, where a host that dies is a part of the game: status 0 for no answer.</summary>
    public static async Task<HostAnswer> TryAsync(Func<Task<HostAnswer>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception lost) when (lost is HttpRequestException or TaskCanceledException or IOException)
        {
            return new HostAnswer(HostAnswer.NoAnswer, lost.Message);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HostAnswer> SendAsync(
        HttpMethod method, string path, HttpContent? content = null, string? idempotencyKey = null,
        (string Name, string Value)? header = null)
    {
        var hosts = _addresses();
        var host = hosts[(int)((uint)Interlocked.Increment(ref _turn) % (uint)hosts.Count)];
        using var request = new HttpRequestMessage(method, new Uri(host, path)) { Content = content };
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        if (header is var (name, value))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _http.SendAsync(request);
        return new HostAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
