using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Applications;

public sealed class A_test_key_beside_real_traffic
{
    private const string TestKey = "a-test-key-of-the-pipeline";

    [Fact]
    public async Task Reaches_the_sandbox_at_every_attempt_and_nobody_else()
    {
        await using var outside = await Outside.StartAsync();
        await using var pipeline = await RunningPipeline.StartAsync(new() { Settings = SettingsFor(outside) });
        using var tests = new Client(TestKey, () => [.. pipeline.Apis.Select(a => a.Address)]);
        var (phone, testPhone) = (Recipients.Next(), Recipients.Next());

        var live = await pipeline.RequestAsync(new { phoneNumber = phone });
        var test = (await tests.RequestAsync(new { phoneNumber = testPhone })).OtpId;
        var outage = (await tests.RequestAsync(new { phoneNumber = Recipients.Outage })).OtpId;
        var throttled = (await tests.RequestAsync(new { phoneNumber = Recipients.Throttled })).OtpId;

        var pin = await new Sandbox(tests).PinAsync(testPhone);
        await new Sandbox(tests).PinAsync(Recipients.Throttled);
        await Eventually.Until(() => Task.FromResult(outside.SmsTo(phone).Count == 1), "the SMS of the live key is at the gateway");
        (await tests.VerifyAsync(test, pin)).Text.ShouldBe("""{"status":"VERIFIED"}""");
        await pipeline.UntilDeliveryAsync(throttled, "SENT", attempt: 3);

        await pipeline.UntilDeliveryAsync(outage, "FAILED", attempt: 2);

        (await ProvidersAsync(pipeline, live)).ShouldBe("gateway");
        (await ProvidersAsync(pipeline, outage)).ShouldStartWith("sandbox,sandbox");
        (await ProvidersAsync(pipeline, throttled)).ShouldBe("sandbox,sandbox,sandbox");
        (outside.SmsTo(testPhone).Count, outside.SmsTo(Recipients.Throttled).Count, outside.SmsTo(Recipients.Outage).Count)
            .ShouldBe((0, 0, 0));
        await pipeline.Events.UntilGapFreeAsync(pipeline.Database, [test, live]);
        pipeline.Events.ForOtp(test).ShouldAllBe(e => e.Body.GetProperty("test").GetBoolean());
        pipeline.Events.ForOtp(live).ShouldAllBe(e => !e.Body.GetProperty("test").GetBoolean());
    }

    private static Task<string> ProvidersAsync(RunningPipeline pipeline, Guid otpId) => pipeline.Database.ScalarAsync<string>(
        "SELECT string_agg(provider, ',' ORDER BY step, attempt) FROM deliveries WHERE otp_id = $1", otpId);

    private static Dictionary<string, string> SettingsFor(Outside outside) => new(StringComparer.Ordinal)
    {
        ["Applications:0:Keys:1:Key"] = TestKey,
        ["Applications:0:Keys:1:Kind"] = "test",
        ["Deliveries:Channels:sms:Provider"] = "gateway",
        ["Providers:gateway:Type"] = "http",
        ["Providers:gateway:Url"] = outside.GatewayUrl,
        ["Providers:gateway:Auth:Scheme"] = "bearer",
        ["Providers:gateway:Auth:Token"] = "planted-token",
        ["Providers:gateway:IdempotencyHeader"] = "Idempotency-Key",
        ["Providers:gateway:Body:Format"] = "json",
        ["Providers:gateway:Body:Template"] = """{"to":"{{recipient}}","text":"{{text}}"}""",
    };
}
