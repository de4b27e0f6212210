using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace OtpPipeline.Api.Tests.Support;

/// <summary>A caller of POST /oauth/token; the shop where nobody else is named.</summary>
public sealed class TokenClient(ApiHost host)
{
    /// <summary>A client that has a token and no key.</summary>
    public ApiClient Bearer(string token)
    {
        var client = host.Client(tenant: null);
        client.Http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        return client;
    }

    public Task<Answer> AskAsync(string form) => AskAsync(form, BasicHeader.From($"{host.Shop.Id}:{host.ShopSecret}"));

    public async Task<Answer> AskAsync(string form, string? credentials, string contentType = "application/x-www-form-urlencoded")
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post, "/oauth/token") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(form)) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        if (credentials is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", credentials);
        }

        using var response = await host.Factory.CreateClient().SendAsync(request);
        return await Answer.OfAsync(response);
    }

    public async Task<string> TokenAsync(string form, string? credentials = null)
    {
        var answer = credentials is null ? await AskAsync(form) : await AskAsync(form, credentials);
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        return answer.Json.GetProperty("access_token").GetString()!;
    }
}
