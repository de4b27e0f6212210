using OtpPipeline.Core.Recipients;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

public sealed class Many_OTPs_in_a_message
{
    private const int Callers = 64;

    [Fact]
    public async Task Leave_a_row_and_a_message_for_what_a_commit_gathered_and_are_all_sent_once()
    {
        await using var pipeline = await RunningPipeline.StartAsync(new()
        {
            Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["Deliveries:MaxPublishedPerApplication"] = "100000" },
        });
        await using var bus = await AmqpClient.ConnectAsync(pipeline);
        await (await pipeline.WithOneWorkerAsync()).StopAsync();
        await pipeline.Database.ExecuteAsync("CREATE TABLE written (message_type text)");
        await pipeline.Database.ExecuteAsync(
            "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO written VALUES (NEW.message_type); RETURN NULL; END $$");
        await pipeline.Database.ExecuteAsync("CREATE TRIGGER noted AFTER INSERT ON outbox_messages FOR EACH ROW EXECUTE FUNCTION note()");

        var count = Load.Scale(1_000, 10_000);
        var otps = await Load.RunAsync(count, Callers, async _ => (await pipeline.WithRequestedOtpAsync(ttl: 900)).OtpId);
        await Eventually.Until(async () => await pipeline.Database.CountAsync("outbox_messages") == 0, "the commands are published");

        var rows = await WrittenAsync(pipeline);
        var messages = await bus.CountAsync(OtpBusTopology.QueueOf(Channel.Sms));
        await pipeline.StartWorkerAsync();
        await Eventually.Until(
            async () => await pipeline.Database.CountAsync("deliveries WHERE status = 'SENT'") == count, "all are sent", TimeSpan.FromMinutes(2));
        Figures.Print(
            $"{count} OTPs of {Callers} callers",
            $"{(double)rows / count:0.000} work commands in the outbox and {(double)messages / count:0.000} messages an OTP");
        messages.ShouldBe(rows);
        rows.ShouldBeLessThan(count / 2);
        (await pipeline.Database.DeliveriesAsync(otps)).Count.ShouldBe(count);
        (await pipeline.Database.CountAsync("sandbox_messages")).ShouldBe(count);
        (await pipeline.Database.CountAsync("deliveries WHERE republished > 0")).ShouldBe(0);

        var before = await WrittenAsync(pipeline);
        await pipeline.WithRequestedOtpAsync();
        (await WrittenAsync(pipeline)).ShouldBe(before + 1, "an OTP alone is not waited for");
    }

    private static Task<long> WrittenAsync(RunningPipeline pipeline) =>
        pipeline.Database.CountAsync("written WHERE message_type = 'otp-requested'");
}
