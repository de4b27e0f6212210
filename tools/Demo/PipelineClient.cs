using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace OtpPipeline.Demo;

/// <summary>The pipeline as any client sees it: its requests over REST.</summary>
internal sealed class PipelineClient : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(500);
    private readonly HttpClient _http;

    public PipelineClient(Uri address, string key)
    {
        _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(10) };
        _http.DefaultRequestHeaders.Add("X-API-KEY", key);
    }

    public Task<Otp> Request(OtpRequest request, CancellationToken token) =>
        Send<Otp>(HttpMethod.Post, "otp", request, token);

    public Task<Otp> Get(string otpId, CancellationToken token) => Send<Otp>(HttpMethod.Get, $"otp/{otpId}", body: null, token);

    public async Task Cancel(string otpId, CancellationToken token) =>
        await Send<JsonElement>(HttpMethod.Delete, $"otp/{otpId}", body: null, token);

    /// <summary>Sends a PIN; returns 0 if it was correct, otherwise the error code.</summary>
    public async Task<int> Verify(string otpId, string pin, CancellationToken token)
    {
        try
        {
            await Send<JsonElement>(HttpMethod.Post, $"otp/{otpId}", new { pin }, token);
            return 0;
        }
        catch (RefusedException refused)
        {
            return refused.Code;
        }
    }

    /// <summary>Sends an OTP again; a refusal is an answer, not an exception.</summary>
    public async Task<ResendAnswer> Resend(string otpId, CancellationToken token)
    {
        using var response = await _http.PostAsync(new Uri($"otp/{otpId}/resend", UriKind.Relative), content: null, token);
        if (response.IsSuccessStatusCode)
        {
            return new(await response.Content.ReadFromJsonAsync<Otp>(Json, token), Code: 0, TimeSpan.Zero);
        }

        var refused = await RefusedException.From(response, token);
        return new(Otp: null, refused.Code, response.Headers.RetryAfter?.Delta ?? TimeSpan.Zero);
    }

    public Task<SandboxMessage[]> Messages(string recipient, CancellationToken token) =>
        Send<SandboxMessage[]>(HttpMethod.Get, $"sandbox/messages?recipient={Uri.EscapeDataString(recipient)}", body: null, token);

    public void Dispose() => _http.Dispose();

    private async Task<T> Send<T>(HttpMethod method, string path, object? body, CancellationToken token)
    {
        using var response = await Answer(method, path, body, token);
        if (!response.IsSuccessStatusCode)
        {
            throw await RefusedException.From(response, token);
        }

        return await response.Content.ReadFromJsonAsync<T>(Json, token)
            ?? throw new JsonException($"{method} /{path.Split('?')[0]} answered without a body.");
    }

    /// <summary>Returns the answer; repeats the request after a pause if the answer is only "too many requests".</summary>
    private async Task<HttpResponseMessage> Answer(HttpMethod method, string path, object? body, CancellationToken token)
    {
        while (true)
        {
            using var request = new HttpRequestMessage(method, path);
            if (body is not null)
            {
                request.Content = JsonContent.Create(body, options: Json);
            }

            var response = await _http.SendAsync(request, token);
            if (response.StatusCode != HttpStatusCode.TooManyRequests)
            {
                return response;
            }

            response.Dispose();
            await Task.Delay(BetweenTries, token);
        }
    }
}

/// <summary>An unsuccessful answer. Code comes from the pipeline's error body, or is the HTTP status if there is no such body.</summary>
internal sealed class RefusedException(string message, int code) : Exception(message)
{
    public int Code { get; } = code;

    public static async Task<RefusedException> From(HttpResponseMessage response, CancellationToken token)
    {
        var status = (int)response.StatusCode;
        try
        {
            var body = await response.Content.ReadFromJsonAsync<JsonElement>(token);
            var error = body.GetProperty("error");
            return new RefusedException($"HTTP {status}: {error.GetProperty("message").GetString()}", error.GetProperty("code").GetInt32());
        }
        catch (Exception unreadable) when (unreadable is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new RefusedException($"HTTP {status}, without the body that the documentation promises.", status);
        }
    }
}
