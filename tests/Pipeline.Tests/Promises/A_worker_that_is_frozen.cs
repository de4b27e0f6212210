using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

public sealed class A_worker_that_is_frozen
{
    private const string Lock = "SELECT 1 FROM otps WHERE id = ANY ($1) FOR UPDATE";

    [Fact]
    public async Task Between_its_claim_and_the_call_sends_nothing_when_its_lease_or_the_OTP_is_over()
    {
        await using var outside = await Outside.StartAsync();
        await using var pipeline = await RunningPipeline.StartAsync(new() { Settings = SettingsFor(outside) });
        await pipeline.Workers[0].StopAsync();
        var (sentByAnother, sentByAnotherTo) = await pipeline.WithRequestedOtpAsync();
        var (expired, expiredTo) = await pipeline.WithRequestedOtpAsync();

        // The claim waits for the lock, the worker is frozen, and then the database grants the claim.
        await using var held = await pipeline.Database.HoldAsync(Lock, new[] { sentByAnother, expired });
        var frozen = await pipeline.StartWorkerAsync();
        await Eventually.Until(async () => await pipeline.Database.WaitingAsync() > 0, "the claim waits for the lock");
        frozen.Freeze();
        await held.CommitAsync(
            """
            WITH o AS (UPDATE otps SET expires_at = clock_timestamp() + interval '3 s' WHERE id = $1 RETURNING id, expires_at)
            UPDATE otp_pins p SET valid_until = o.expires_at FROM o WHERE p.otp_id = o.id
            """,
            expired);
        await pipeline.UntilDeliveryAsync(sentByAnother, "SENDING");

        var another = await pipeline.StartWorkerAsync();
        await pipeline.UntilDeliveryAsync(sentByAnother, "SENT", attempt: 2);
        await pipeline.UntilStatusAsync(expired, "EXPIRED");
        await pipeline.UntilDeliveryAsync(sentByAnother, "UNKNOWN");
        frozen.Thaw();

        // What it says of both: certainly not sent.
        (await pipeline.UntilDeliveryAsync(sentByAnother, "FAILED")).Reason.ShouldBe("claim_over");
        outside.SmsTo(sentByAnotherTo).Count.ShouldBe(1);
        (await pipeline.Database.DeliveriesAsync(expired)).ShouldNotContain(d => d.Status == "SENT");
        outside.SmsTo(expiredTo).ShouldBeEmpty();
        await pipeline.Events.UntilGapFreeAsync(pipeline.Database, [sentByAnother, expired]);
        (await frozen.StopAsync()).ShouldBe(0);
        (await another.StopAsync()).ShouldBe(0);
        outside.SmsTo(sentByAnotherTo).Count.ShouldBe(1);
        outside.SmsTo(expiredTo).ShouldBeEmpty();
    }

    private static Dictionary<string, string> SettingsFor(Outside outside) => new(HostSettings.ShortLease, StringComparer.Ordinal)
    {
        // The frozen worker holds as many messages as it may, so that the broker hands it no more.
        ["Deliveries:Channels:sms:Concurrency"] = "2",
        ["Deliveries:Channels:sms:Prefetch"] = "2",
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
