using OtpPipeline.Core.Recipients;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

/// <summary>SIGKILL at exact points of a message that names several OTPs: another worker carries it on, and sends none twice.</summary>
[Collection(nameof(ImpatientPipeline))]
public sealed class A_worker_that_dies_with_many_OTPs(ImpatientPipeline impatient) : IAsyncLifetime
{
    private RunningPipeline _pipeline = null!;
    private AmqpClient _bus = null!;

    public async ValueTask InitializeAsync()
    {
        _pipeline = await impatient.GetAsync();
        _bus = await AmqpClient.ConnectAsync(_pipeline);
        await _pipeline.Database.ExecuteAsync("DELETE FROM sandbox_messages");
    }

    public ValueTask DisposeAsync() => _bus.DisposeAsync();

    [Fact]
    public async Task Before_its_claim_has_begun_none()
    {
        var recipients = Fresh(8);
        var otps = await _pipeline.InOneMessageAsync(_bus, Channel.Sms, recipients);
        await using (await _pipeline.Database.HoldAsync("SELECT 1 FROM otps WHERE id = $1 FOR UPDATE", otps[5]))
        {
            var doomed = await _pipeline.StartWorkerAsync();
            await Eventually.Until(async () => await _pipeline.Database.WaitingAsync() > 0, "the claim of all waits for the lock of one");
            (await StatusesAsync(otps)).ShouldAllBe(s => s == "QUEUED");
            await doomed.KillAsync();
        }

        await UntilDeadAsync();

        // The statement of the dead worker was with the server, which may have run it after all: then all are claimed, and nobody calls.
        var claimed = (await StatusesAsync(otps)).Distinct().ShouldHaveSingleItem() == "SENDING";
        await _pipeline.StartWorkerAsync();
        await EndLeasesAsync(claimed, otps);

        await UntilSentAsync(otps, attempt: claimed ? 2 : 1);
        await EachOnceAsync(recipients);
    }

    [Fact]
    public async Task Between_its_outcomes_leaves_those_that_it_wrote_and_repeats_only_what_was_under_way()
    {
        var recipients = Fresh(4);
        var otps = await _pipeline.InOneMessageAsync(
            _bus, Channel.Sms, [recipients[0], Recipients.Slow, recipients[1], Recipients.Slow, recipients[2], recipients[3]]);
        var (fast, slow) = (new[] { otps[0], otps[2], otps[4], otps[5] }, new[] { otps[1], otps[3] });
        var doomed = await _pipeline.StartWorkerAsync();
        await UntilSentAsync(fast);
        (await StatusesAsync(slow)).ShouldAllBe(s => s == "SENDING");

        await doomed.KillAsync();
        await _pipeline.StartWorkerAsync();
        await EndLeasesAsync(claimed: true, slow);

        await UntilSentAsync(slow, attempt: 2);
        (await _pipeline.Database.DeliveriesAsync(slow)).Where(d => d.Attempt == 1).ShouldAllBe(d => d.Reason == "lease_ended");
        await ComesAgainInVainAsync(otps);
        (await _pipeline.Database.DeliveriesAsync(fast)).ShouldAllBe(d => d.Attempt == 1 && d.Status == "SENT");
        await EachOnceAsync(recipients);
        await _pipeline.Events.UntilGapFreeAsync(_pipeline.Database, otps);
    }

    [Fact]
    public async Task With_more_OTPs_than_places_leaves_those_without_a_place_to_the_next()
    {
        const int Places = 4;
        var recipients = Fresh(8);
        var otps = await _pipeline.InOneMessageAsync(
            _bus, Channel.Whatsapp, [.. Enumerable.Repeat(Recipients.Slow, Places), .. recipients]);
        var doomed = await _pipeline.StartWorkerAsync();
        await Eventually.Until(
            async () => (await StatusesAsync(otps[..Places])).TrueForAll(s => s == "SENDING"), "all places of the channel are in use");
        (await StatusesAsync(otps[Places..])).ShouldAllBe(s => s == "QUEUED");

        await doomed.KillAsync();
        await _pipeline.StartWorkerAsync();

        await UntilSentAsync(otps[Places..]);
        await EndLeasesAsync(claimed: true, otps[..Places]);
        await UntilSentAsync(otps[..Places], attempt: 2);
        await EachOnceAsync(recipients);
        (await _pipeline.Database.DeliveriesAsync(otps[Places..])).Count.ShouldBe(recipients.Length);
    }

    [Fact]
    public async Task After_its_last_outcome_and_before_the_acknowledgement_leaves_nothing_to_do()
    {
        var recipients = Fresh(6);
        var otps = await _pipeline.InOneMessageAsync(_bus, Channel.Sms, recipients);
        var doomed = await _pipeline.StartWorkerAsync();
        await UntilSentAsync(otps);

        await doomed.KillAsync();
        await _pipeline.StartWorkerAsync();

        await ComesAgainInVainAsync(otps);
        (await _pipeline.Database.DeliveriesAsync(otps)).ShouldAllBe(d => d.Attempt == 1 && d.Status == "SENT");
        await EachOnceAsync(recipients);
    }

    private static string[] Fresh(int count) => [.. Enumerable.Range(0, count).Select(_ => Recipients.Next())];

    /// <summary>The message as the broker would hand it out again; what is behind it in the queue was handed out later.</summary>
    private async Task ComesAgainInVainAsync(Guid[] otps)
    {
        await _bus.SendAsync(OtpBusTopology.QueueOf(Channel.Sms), WorkMessages.Naming(Channel.Sms, otps));
        var (last, _) = await _pipeline.WithRequestedOtpAsync();
        await UntilSentAsync([last]);
    }

    private async Task UntilDeadAsync() => await Eventually.Until(
        async () => await _pipeline.Database.CountAsync(
            "pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'workers%' AND state = 'active'") == 0,
        "the dead worker's sessions are over");

    private async Task EndLeasesAsync(bool claimed, Guid[] otps)
    {
        if (claimed)
        {
            await _pipeline.Database.ExecuteAsync(
                "UPDATE deliveries SET lease_until = clock_timestamp() WHERE otp_id = ANY ($1) AND attempt = 1 AND status = 'SENDING'", otps);
        }
    }

    private async Task<List<string>> StatusesAsync(Guid[] otps) =>
        (await _pipeline.Database.DeliveriesAsync(otps)).ConvertAll(d => d.Status);

    private async Task UntilSentAsync(Guid[] otps, int attempt = 1) => await Eventually.Until(
        async () => (await _pipeline.Database.DeliveriesAsync(otps)).Count(d => d.Attempt == attempt && d.Status == "SENT") == otps.Length,
        $"attempt {attempt} of all {otps.Length} is sent");

    private async Task EachOnceAsync(string[] recipients)
    {
        foreach (var recipient in recipients)
        {
            (await _pipeline.Sandbox.MessagesAsync(recipient)).Length.ShouldBe(1, recipient);
        }
    }
}
