using System.Net;
using OtpPipeline.Api.Tests.CompatibleApis.Support;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.CompatibleApis.Beem;

/// <summary>A caller of Beem's two calls.</summary>
internal sealed class BeemClient(ApiHost host, KnownApplication application)
{
    private readonly CompatibleApiClient _client = host.CompatibleApis();

    public Task<Answer> RequestAsync(object body, string contentType = "application/json") =>
        _client.BeemAsync(application.BeemPair, "/v1/request", body, contentType);

    public Task<Answer> VerifyAsync(object body, string contentType = "application/json") =>
        _client.BeemAsync(application.BeemPair, "/v1/verify", body, contentType);

    public Task<Answer> VerifyAsync(Guid pinId, string pin) => VerifyAsync(new { pinId, pin });

    public async Task<Guid> WithSentPinAsync(string? msisdn = null)
    {
        var answer = await RequestAsync(new { appId = int.Parse(application.BeemApp), msisdn = msisdn ?? Msisdn() });
        return answer.ShouldBeSent();
    }

    /// <summary>International digits without a plus sign, of a number that no other test uses.</summary>
    public static string Msisdn() => Recipients.Next()[1..];
}

internal static class BeemAnswersInTests
{
    /// <summary>The whole answer to a PIN that was sent.</summary>
    public static Guid ShouldBeSent(this Answer answer, int seconds = 300)
    {
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        var pinId = answer.Json.GetProperty("data").GetProperty("pinId").GetGuid();
        answer.Text.ShouldBe(
            $$$"""{"data":{"pinId":"{{{pinId:D}}}","message":{"code":100,"message":"SMS sent successfully"},"pinExpiryTimeInMinutes":{{{(seconds + 59) / 60}}},"expiresInSeconds":{{{seconds}}}""" + "}}");
        answer.ShouldBeOurs();
        return pinId;
    }

    /// <summary>The whole answer without a pinId.</summary>
    public static Answer ShouldSay(this Answer answer, int code, string text, int status = 200)
    {
        answer.Text.ShouldBe($$$$"""{"data":{"message":{"code":{{{{code}}}},"message":"{{{{text}}}}"}}}""");
        ((int)answer.Status).ShouldBe(status);
        return answer.ShouldBeOurs();
    }

    private static Answer ShouldBeOurs(this Answer answer)
    {
        answer["Content-Type"].ShouldBe("application/json");
        answer["X-Request-Id"].ShouldNotBeNullOrEmpty();
        return answer;
    }
}
