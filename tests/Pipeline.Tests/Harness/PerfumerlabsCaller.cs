using System.Net.Http.Headers;
using System.Text;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>A client of the Perfumerlabs image, over all Api processes in turn.</summary>
internal sealed class PerfumerlabsCaller(RunningPipeline pipeline, string? password = null) : IDisposable
{
    public const string Username = "backend";
    public const string Token = "telegram-secret-of-the-tests";
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private int _turn;

    public Task<HostAnswer> PostAsync(string path, string body) => SendAsync(HttpMethod.Post, path, body);

    public Task<HostAnswer> GetAsync(string path, string body) => SendAsync(HttpMethod.Get, path, body);

    public Task<HostAnswer> WebhookAsync(long updateId, string chat, string text) => PostAsync(
        "telegram/webhook",
        $$$"""{"update_id":{{{updateId}}},"message":{"message_id":1,"from":{"id":{{{chat}}},"is_bot":false,"first_name":"A"},"chat":{"id":{{{chat}}},"type":"private"},"date":1700000000,"text":"{{{text}}}"}}""");

    /// <summary>The newest OTP of all: tests run one after the other.</summary>
    public Task<Guid> NewestAsync() => pipeline.Database.ScalarAsync<Guid>("SELECT id FROM otps ORDER BY created_at DESC LIMIT 1");

    public void Dispose() => _http.Dispose();

    private async Task<HostAnswer> SendAsync(HttpMethod method, string path, string body)
    {
        var hosts = pipeline.Apis.Where(a => a.IsRunning).ToArray();
        using var request = new HttpRequestMessage(
            method, new Uri(hosts[(int)((uint)Interlocked.Increment(ref _turn) % (uint)hosts.Length)].Address, path));
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Username}:{password ?? pipeline.Key}")));
        request.Headers.Add("X-Telegram-Bot-Api-Secret-Token", Token);
        using var response = await _http.SendAsync(request);
        return new HostAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
