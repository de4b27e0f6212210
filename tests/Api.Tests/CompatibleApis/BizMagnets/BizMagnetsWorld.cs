using System.Globalization;
using OtpPipeline.Api.Tests.CompatibleApis.Support;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.CompatibleApis.BizMagnets;

/// <summary>A caller of BizMagnets' two calls; the number of the tests is Indian, as the page's.</summary>
internal sealed class BizMagnetsClient(ApiHost host, KnownApplication application)
{
    private static int _last = Random.Shared.Next(1_000_000);
    private readonly CompatibleApiClient _client = host.CompatibleApis();

    public Task<Answer> SendAsync(object body) => _client.BizMagnetsAsync(application.Made.Key, SendPath, body);

    public Task<Answer> VerifyAsync(object otpId, object body) => _client.BizMagnetsAsync(application.Made.Key, VerifyPath(otpId), body);

    public Task<Answer> VerifyAsync(object otpId, string otp, string mobileNumber) =>
        VerifyAsync(otpId, new { otp, mobileNumber, countryCode = "91" });

    public string SendPath => $"/otp/{application.Config}/sendOTP";

    public static string VerifyPath(object otpId) => $"/otp/{otpId}/verifyOTP";

    /// <summary>A national number that no other test uses.</summary>
    public static string Mobile() => $"98{Interlocked.Increment(ref _last) + 10_000_000:D8}";

    public async Task<(Guid Id, string Mobile, string Otp)> WithSentOtpAsync()
    {
        var mobile = Mobile();
        var id = (await SendAsync(new { name = "Ravi", mobileNumber = mobile, countryCode = "91" })).ShouldBeSent();
        return (id, mobile, await host.PinOfAsync(id));
    }
}

internal static class BizMagnetsAnswersInTests
{
    public static Guid ShouldBeSent(this Answer answer)
    {
        var id = answer.Json.TryGetProperty("id", out var found) ? found.GetGuid() : Guid.Empty;
        answer.ShouldBeSuccess(id, 201);
        id.ShouldNotBe(Guid.Empty);
        return id;
    }

    /// <summary>The whole body.</summary>
    public static void ShouldBeSuccess(this Answer answer, Guid id, int status)
    {
        answer.Text.ShouldBe($$"""{"id":"{{id:D}}","message":"success"}""");
        ((int)answer.Status).ShouldBe(status);
        answer["Content-Type"].ShouldBe("application/json");
    }

    /// <summary>The whole body of the page: HTTP says 410 and the body 403.</summary>
    public static Answer ShouldBeNotVerified(this Answer answer, string path) =>
        answer.ShouldBeError(410, path, message: null, "403,\"error\":\"Forbidden\"");

    /// <summary>The whole body of an error.</summary>
    public static Answer ShouldBeError(this Answer answer, int status, string path, string? message, string? inBody = null)
    {
        ((int)answer.Status).ShouldBe(status, answer.Text);
        answer["Content-Type"].ShouldBe("application/json");
        answer["X-Request-Id"].ShouldNotBeNullOrEmpty();
        var timestamp = answer.Json.GetProperty("timestamp").GetString()!;
        DateTimeOffset.ParseExact(timestamp, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
            .ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
        answer.Text.ShouldBe(
            $$"""{"timestamp":"{{timestamp}}","status":{{inBody ?? $"{status},\"error\":\"{Words[status]}\""}},"path":"{{path}}"{{(message is null ? "" : $",\"message\":\"{message}\"")}}}""");
        return answer;
    }

    private static readonly Dictionary<int, string> Words = new()
    {
        [400] = "Bad Request", [401] = "Unauthorized", [403] = "Forbidden", [404] = "Not Found", [405] = "Method Not Allowed",
        [410] = "Gone",
        [413] = "Payload Too Large", [415] = "Unsupported Media Type", [429] = "Too Many Requests", [500] = "Internal Server Error",
        [503] = "Service Unavailable",
    };
}
