using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace OtpPipeline.Api.Tests.Support;

/// <summary>A caller of the Api, in the words of the tests.</summary>
public sealed class ApiClient(HttpClient http, string? key)
{
    public HttpClient Http => http;

    public Task<Answer> RequestAsync(object body, string? idempotencyKey = null) =>
        RequestAsync(JsonSerializer.Serialize(body), idempotencyKey: idempotencyKey);

    public Task<Answer> RequestAsync(string body, string? contentType = "application/json", string? idempotencyKey = null) =>
        SendAsync(HttpMethod.Post, "/otp", new StringContent(body), contentType, idempotencyKey);

    public Task<Answer> RequestAsync(byte[] body) => SendAsync(HttpMethod.Post, "/otp", new ByteArrayContent(body), "application/json");

    public Task<Answer> VerifyAsync(Guid otpId, string pin, string? idempotencyKey = null) =>
        VerifyAsync(otpId.ToString(), $$"""{"pin":"{{pin}}"}""", idempotencyKey);

    public Task<Answer> VerifyAsync(string otpId, string body, string? idempotencyKey = null) =>
        SendAsync(HttpMethod.Post, $"/otp/{otpId}", new StringContent(body), "application/json", idempotencyKey);

    public Task<Answer> ReadAsync(object otpId) => SendAsync(HttpMethod.Get, $"/otp/{otpId}");

    public Task<Answer> CancelAsync(object otpId) => SendAsync(HttpMethod.Delete, $"/otp/{otpId}");

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public async Task<Answer> SendAsync(
        HttpMethod method, string path, HttpContent? content = null, string? contentType = null, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (content is not null)
        {
            content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        }

        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("X-API-KEY", key);
        }

        if (idempotencyKey is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
        }

        using var response = await http.SendAsync(request);
        return await Answer.OfAsync(response);
    }

    /// <summary>An OTP for a number that no other test uses.</summary>
    public async Task<Guid> WithRequestedOtpAsync(int maxAttempts = 5)
    {
        var answer = await RequestAsync(new { phoneNumber = Recipients.Next(), maxAttempts });
        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        return answer.Json.GetProperty("otpId").GetGuid();
    }
}

/// <summary>What came back.</summary>
public sealed record Answer(HttpStatusCode Status, string Text, IReadOnlyDictionary<string, string> Headers)
{
    public JsonElement Json => JsonElement.Parse(Text);

    public string? this[string header] => Headers.GetValueOrDefault(header);

    public static async Task<Answer> OfAsync(HttpResponseMessage response)
    {
        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        return new(response.StatusCode, await response.Content.ReadAsStringAsync(), headers);
    }

    /// <summary>The whole body, to the letter.</summary>
    public Answer ShouldBeRefused(int status, string type, int code, string message, int? attemptsRemaining = null)
    {
        var attempts = attemptsRemaining is { } left ? $",\"attemptsRemaining\":{left}" : "";
        Text.ShouldBe(
            $$$"""{"error":{"type":"{{{type}}}","message":"{{{message}}}","uri":"http://localhost/docs/errors#{{{code}}}","""
            + $"\"code\":{code}{attempts}}}}}");
        ((int)Status).ShouldBe(status);
        this["Content-Type"].ShouldBe("application/json");
        this["X-Request-Id"].ShouldNotBeNullOrEmpty();
        return this;
    }
}
