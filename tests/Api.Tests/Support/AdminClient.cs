using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace OtpPipeline.Api.Tests.Support;

/// <summary>An operator, in the words of the tests.</summary>
public sealed class AdminClient(HttpClient http, string? key)
{
    private const string Applications = "/admin/applications";

    public Task<Answer> GetAsync(string path = "") => SendAsync(HttpMethod.Get, path);

    public Task<Answer> PostAsync(string path, object? body = null) => SendAsync(HttpMethod.Post, path, body);

    public Task<Answer> PatchAsync(string path, object body) => SendAsync(HttpMethod.Patch, path, body);

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    public async Task<Answer> SendAsync(HttpMethod method, string path, object? body = null, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(method, Applications + path);
        if (key is not null)
        {
            request.Headers.Authorization = new("Bearer", key);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body as string ?? JsonSerializer.Serialize(body)));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        using var response = await http.SendAsync(request);
        return await Answer.OfAsync(response);
    }

    /// <summary>A new application. Its keys, identifiers and secrets end with the test.</summary>
    public async Task<MadeApplication> WithApplicationAsync(object? settings = null)
    {
        var answer = await PostAsync("", settings is null ? new { name = "made by a test" } : new { name = "made by a test", settings });
        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        var id = answer.Json.GetProperty("application").GetProperty("id").GetString()!;
        MadeApplicationsAttribute.Add(Guid.Parse(id));
        return new(
            id,
            answer.Json.GetProperty("apiKey").GetString()!,
            answer.Json.GetProperty("applicationSecret").GetString()!,
            answer.Json.GetProperty("webhookSecret").GetString()!);
    }
}

/// <summary>What an operator gets once.</summary>
public sealed record MadeApplication(string Id, string Key, string Secret, string WebhookSecret)
{
    public Tenant Tenant => new(Guid.Parse(Id), Key);
}

public static class Problems
{
    /// <summary>The whole body of an error under /admin.</summary>
    public static Answer ShouldBeProblem(this Answer answer, int status, int code, string detail)
    {
        ((int)answer.Status).ShouldBe(status, answer.Text);
        answer["Content-Type"].ShouldBe("application/problem+json");
        answer.Json.GetProperty("status").GetInt32().ShouldBe(status);
        answer.Json.GetProperty("code").GetInt32().ShouldBe(code);
        answer.Json.GetProperty("detail").GetString().ShouldBe(detail);
        answer.Json.GetProperty("type").GetString().ShouldBe($"http://localhost/docs/errors#{code}");
        answer.Json.GetProperty("title").GetString().ShouldNotBeNullOrEmpty();
        return answer;
    }

    /// <summary>The pointers of all fields that are wrong.</summary>
    public static string[] ShouldNameFields(this Answer answer)
    {
        answer.ShouldBeProblem(400, 2101, "Fields of the body are not valid; 'errors' names each");
        return [.. answer.Json.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("pointer").GetString()!)];
    }
}
