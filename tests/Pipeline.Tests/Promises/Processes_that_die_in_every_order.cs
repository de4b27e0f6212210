using OtpPipeline.Core.Recipients;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

/// <summary>SIGKILL between the publish of a message that names several OTPs, its claim and its last outcome.</summary>
[Collection(nameof(ImpatientPipeline))]
public sealed class Processes_that_die_in_every_order(ImpatientPipeline impatient) : IAsyncLifetime
{
    private RunningPipeline _pipeline = null!;
    private AmqpClient _bus = null!;

    /// <summary>Where a process stands still until it is killed; the number of the advisory lock that it waits for.</summary>
    public enum Point
    {
        /// <summary>The message is published, its row is not deleted: another process publishes it again.</summary>
        Published = 1,

        /// <summary>The claim of what the message names.</summary>
        Claim,

        /// <summary>The provider has accepted, the outcome is not written.</summary>
        Outcome,
    }

    public static TheoryData<Point, Point, Point> Orders()
    {
        var orders = new TheoryData<Point, Point, Point> { { Point.Published, Point.Claim, Point.Outcome } };
        if (Load.IsLong)
        {
            orders.Add(Point.Published, Point.Outcome, Point.Claim);
            orders.Add(Point.Claim, Point.Published, Point.Outcome);
            orders.Add(Point.Claim, Point.Outcome, Point.Published);
            orders.Add(Point.Outcome, Point.Published, Point.Claim);
            orders.Add(Point.Outcome, Point.Claim, Point.Published);
        }

        return orders;
    }

    public async ValueTask InitializeAsync()
    {
        _pipeline = await impatient.GetAsync();
        _bus = await AmqpClient.ConnectAsync(_pipeline);
        await _pipeline.Database.ExecuteAsync(
            $"""
            CREATE FUNCTION stand_still() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN PERFORM pg_advisory_xact_lock_shared(TG_ARGV[0]::bigint); RETURN coalesce(NEW, OLD); END $$;
            CREATE TRIGGER published BEFORE DELETE ON outbox_messages FOR EACH ROW
                WHEN (OLD.message_type = 'otp-requested') EXECUTE FUNCTION stand_still({(int)Point.Published});
            CREATE TRIGGER claim BEFORE UPDATE ON deliveries FOR EACH ROW
                WHEN (OLD.status = 'QUEUED' AND NEW.status = 'SENDING') EXECUTE FUNCTION stand_still({(int)Point.Claim});
            CREATE TRIGGER outcome BEFORE UPDATE ON deliveries FOR EACH ROW
                WHEN (OLD.status = 'SENDING' AND NEW.status = 'SENT') EXECUTE FUNCTION stand_still({(int)Point.Outcome});
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await _bus.DisposeAsync();
        await _pipeline.Database.ExecuteAsync("DROP FUNCTION stand_still CASCADE");
        if (!_pipeline.Apis[0].IsRunning)
        {
            await _pipeline.Apis[0].StartAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Lose_no_OTP_of_a_message_and_repeat_only_what_is_unknown(Point first, Point second, Point third)
    {
        var recipients = Enumerable.Range(0, 8).Select(_ => Recipients.Next()).ToArray();
        var otps = await _pipeline.WithoutMessagesAsync(_bus, Channel.Sms, recipients);
        await using var deletion = await HoldAsync(Point.Published);
        await _pipeline.StoreMessageAsync(Channel.Sms, otps);
        await UntilOneWaitsAsync(Point.Published);
        (await _bus.CountAsync(OtpBusTopology.QueueOf(Channel.Sms))).ShouldBe(1);

        foreach (var point in new[] { first, second, third })
        {
            if (point == Point.Published)
            {
                await KillAsync(_pipeline.Apis[0], point);
                await deletion.DisposeAsync();
                (await EndLeasesAsync(otps)).ShouldBeGreaterThan(0, "the message is still in the outbox");
            }
            else
            {
                await EndLeasesAsync(otps);
                await using var held = await HoldAsync(point);
                var worker = await _pipeline.StartWorkerAsync();
                await UntilOneWaitsAsync(point);
                await KillAsync(worker, point);
            }
        }

        await EndLeasesAsync(otps);
        await _pipeline.StartWorkerAsync();
        await _pipeline.Apis[0].StartAsync();
        await Eventually.Until(
            async () => (await _pipeline.Database.DeliveriesAsync(otps)).Count(d => d.Status == "SENT") == otps.Length, "all are sent");
        await Eventually.Until(
            async () => await _pipeline.Database.CountAsync("outbox_messages") == 0, "everything is published, the message once more");
        await Eventually.Until(
            async () => await _bus.CountAsync(OtpBusTopology.QueueOf(Channel.Sms)) == 0, "a worker has every message");
        await _pipeline.Events.UntilGapFreeAsync(_pipeline.Database, otps);
        await EachOnceButForUnknownAsync(otps, recipients);
    }

    private async Task EachOnceButForUnknownAsync(Guid[] otps, string[] recipients)
    {
        var deliveries = (await _pipeline.Database.DeliveriesAsync(otps)).ToLookup(d => d.OtpId);
        deliveries.SelectMany(d => d).ShouldContain(d => d.Status == "UNKNOWN", "one died between the provider and the outcome");
        foreach (var (otp, recipient) in otps.Zip(recipients))
        {
            var attempts = deliveries[otp].ToList();
            attempts[^1].Status.ShouldBe("SENT");
            attempts[..^1].ShouldAllBe(d => d.Status == "UNKNOWN" && d.Reason == "lease_ended");
            attempts.Count.ShouldBeLessThanOrEqualTo(2, "only one death was after a claim");
            (await _pipeline.Sandbox.MessagesAsync(recipient)).Length.ShouldBeInRange(1, attempts.Count);
        }
    }

    private Task<HeldLock> HoldAsync(Point point) => _pipeline.Database.HoldAsync("SELECT pg_advisory_xact_lock($1)", (int)point);

    private Task UntilOneWaitsAsync(Point point) => Eventually.Until(
        async () => await _pipeline.Database.CountAsync(WaitingFor(point)) > 0, $"a process stands still at {point}");

    /// <summary>Kills the process, and what it had asked of the database: that would come to its end by itself.</summary>
    private async Task KillAsync(HostProcess process, Point point)
    {
        await process.KillAsync();
        await Eventually.Until(
            async () => await _pipeline.Database.ScalarAsync<long>(
                $"SELECT count(pg_terminate_backend(pid)) FROM {WaitingFor(point)}") == 0,
            "nothing of the dead process waits");
    }

    /// <summary>Nobody waits for the dead; how many messages they left in the outbox.</summary>
    private async Task<int> EndLeasesAsync(Guid[] otps)
    {
        await _pipeline.Database.ExecuteAsync(
            "UPDATE deliveries SET lease_until = clock_timestamp() WHERE otp_id = ANY ($1) AND status = 'SENDING'", otps);
        return await _pipeline.Database.ExecuteAsync("UPDATE outbox_messages SET due_at = clock_timestamp()");
    }

    private static string WaitingFor(Point point) =>
        $"""
        pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = {(int)point}
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """;
}
