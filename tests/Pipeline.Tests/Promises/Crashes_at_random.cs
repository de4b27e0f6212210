using System.Collections.Concurrent;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

/// <summary>
/// Everything dies by SIGKILL, again and again, while OTPs come in; RabbitMQ is stopped in peace every other time, which its clients notice
/// otherwise.
/// </summary>
public sealed class Crashes_at_random
{
    [Fact]
    public async Task Lose_no_accepted_OTP_and_leave_no_gap()
    {
        var deaths = Load.Scale(1, 25);
        await using var pipeline = await RunningPipeline.StartAsync(new()
        {
            Apis = 2,
            Workers = 2,
            OwnBroker = true,
            OwnDatabase = true,
            Settings = new Dictionary<string, string>(HostSettings.ShortLease, StringComparer.Ordinal)
            {
                ["Deliveries:LostAfter"] = "00:00:05",
                ["Deliveries:MaxAttempts"] = "10",
                ["Outbox:Lease"] = "00:00:16",
                ["Sandbox:Retention"] = "10:00:00",
            },
        });
        var accepted = new ConcurrentDictionary<Guid, string>();
        var rounds = Enumerable.Range(0, deaths * 4).ToArray();
        Random.Shared.Shuffle(rounds);
        await using (Load.OfRequests(pipeline, 8, accepted, TimeSpan.FromMilliseconds(20)))
        {
            foreach (var round in rounds)
            {
                await Task.Delay(Random.Shared.Next(200, 2000));
                await KillAndRestartAsync(pipeline, round % 4, round / 4 % 2);
                var so = accepted.Count;
                await Eventually.Until(() => accepted.Count > so + 20, "requests are accepted again", TimeSpan.FromSeconds(90));
            }
        }

        await pipeline.Events.ReconnectAsync();
        var ids = accepted.Keys.ToArray();
        await Eventually.Until(
            async () =>
                await pipeline.Database.CountAsync(
                    "otps WHERE status = 'PENDING' AND id IN (SELECT otp_id FROM deliveries WHERE status IN ('QUEUED', 'SENDING'))") == 0,
            "nothing is under way any more",
            TimeSpan.FromMinutes(3));

        // Each crash made PostgreSQL forget what had changed, so that it never looked at these tables by itself, and what follows reads
        // them whole.
        await pipeline.Database.ExecuteAsync("ANALYZE");

        (await pipeline.Database.OtpsAsync(ids)).Count.ShouldBe(ids.Length, "every accepted OTP is in the database");
        (await pipeline.Database.CountAsync(
            """
            otps o WHERE o.reason IS NULL AND NOT EXISTS (SELECT FROM deliveries d WHERE d.otp_id = o.id AND d.status = 'SENT')
                AND NOT EXISTS (SELECT FROM sandbox_messages s WHERE s.recipient_hash = o.recipient_hash)
            """)).ShouldBe(0, "every OTP was handed to the provider, or has a recorded reason");
        await pipeline.Events.UntilGapFreeAsync(pipeline.Database, ids, TimeSpan.FromMinutes(2));
        await ReportAsync(pipeline, ids.Length, deaths);
    }

    private static async Task KillAndRestartAsync(RunningPipeline pipeline, int victim, int which)
    {
        switch (victim)
        {
            case 0:
                await pipeline.Apis[which].KillAsync();
                await pipeline.Apis[which].StartAsync();
                break;
            case 1:
                await pipeline.Workers[which].KillAsync();
                await pipeline.Workers[which].StartAsync();
                break;
            case 2:
                await (which == 0 ? pipeline.RabbitMq!.KillAsync() : pipeline.RabbitMq!.StopAsync());
                await pipeline.RabbitMq.StartAsync();
                await pipeline.Events.ReconnectAsync();
                break;
            default:
                await pipeline.Postgres!.KillAsync();
                await pipeline.Postgres.StartAsync();
                break;
        }
    }

    /// <summary>What the promise allows, counted: a second send where a process died between the provider's yes and our commit.</summary>
    private static async Task ReportAsync(RunningPipeline pipeline, int accepted, int deaths)
    {
        var otps = await pipeline.Database.CountAsync("otps");
        var sends = await pipeline.Database.CountAsync("sandbox_messages");
        var unknown = await pipeline.Database.CountAsync("deliveries WHERE status = 'UNKNOWN'");
        var neverSent = await pipeline.Database.CountAsync("otps WHERE reason = 'never_sent'");
        var duplicates = await pipeline.Database.ScalarAsync<long>(
            "SELECT coalesce(sum(n - 1), 0)::bigint FROM (SELECT count(*) n FROM sandbox_messages GROUP BY recipient_hash) x");
        var repeats = pipeline.Events.All.Count - pipeline.Events.All.DistinctBy(e => (e.OtpId, e.Sequence)).Count();
        Figures.Print(
            $"Api, worker, RabbitMQ and PostgreSQL killed {deaths} times each under load",
            $"{accepted} accepted, {otps} stored, {sends} sends, {duplicates} of them duplicates, {unknown} deliveries UNKNOWN, {neverSent} expired unsent, {repeats} events repeated, none lost");
        duplicates.ShouldBeLessThanOrEqualTo(await pipeline.Database.CountAsync("deliveries WHERE attempt > 1"));
    }
}
