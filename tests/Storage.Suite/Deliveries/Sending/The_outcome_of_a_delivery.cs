using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Applications.Lookup;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Storage.Suite.Deliveries.Sending;

public sealed class The_outcome_of_a_delivery(SuiteHost host) : StorageSpec(host)
{
    [Fact]
    public async Task Is_written_once_by_many_processes()
    {
        var application = await ApplicationAsync();
        var otpId = await Process.OtpAsync(application);
        var claimed = await Process.ClaimedAsync(otpId);

        var written = await RaceAsync(4, p => p.ReportAsync(claimed, new SendOutcome.Accepted("m-1")), each: 4);

        written.Count(w => w).ShouldBe(1);
        var delivery = (await Process.ReadAsync(application, otpId)).Deliveries.ShouldHaveSingleItem();
        (delivery.Status, delivery.ProviderMessageId).ShouldBe((DeliveryStatus.Sent, "m-1"));
        delivery.SentAt.ShouldBe(delivery.UpdatedAt);
        (await Process.ChangesAsync(otpId)).Select(c => c.Status).ShouldBe(["PENDING", "SENT"]);
        (await Process.MessagesAsync(otpId)).Count(m => m.MessageType == "otp-delivery-changed").ShouldBe(1);
    }

    [Fact]
    public async Task Counts_only_under_its_own_claim()
    {
        var application = await ApplicationAsync();
        var otpId = await Process.OtpAsync(application);
        var claimed = await Process.ClaimedAsync(otpId);
        var lease = claimed.Delivery.LeaseId;
        claimed.Delivery.LeaseId = Guid.CreateVersion7();

        (await Process.ReportAsync(claimed, new SendOutcome.Accepted(null))).ShouldBeFalse();

        claimed.Delivery.LeaseId = lease;
        (await Process.ReportAsync(claimed, new SendOutcome.Accepted(null))).ShouldBeTrue();
    }

    [Fact]
    public async Task Of_a_refusal_ends_the_OTP_and_wipes_its_PIN()
    {
        var application = await ApplicationAsync();
        var otpId = await Process.OtpAsync(application);

        await Process.ReportAsync(await Process.ClaimedAsync(otpId), new SendOutcome.Refused("invalid_recipient"));

        var reading = await Process.ReadAsync(application, otpId);
        (reading.Otp.Status, reading.Otp.Reason).ShouldBe((OtpStatus.Failed, OtpReason.Undeliverable));
        reading.Deliveries.ShouldHaveSingleItem().Reason.ShouldBe("invalid_recipient");
        (await Process.QueryAsync(db => db.Pins.CountAsync(p => p.OtpId == otpId))).ShouldBe(0);
    }

    [Fact]
    public async Task Of_a_failure_is_followed_by_another_attempt()
    {
        var application = await ApplicationAsync();
        var otpId = await Process.OtpAsync(application);

        await Process.ReportAsync(await Process.ClaimedAsync(otpId), new SendOutcome.ProviderFailed("unavailable"));

        var deliveries = (await Process.ReadAsync(application, otpId)).Deliveries;
        deliveries.Select(d => (d.Attempt, d.Round, d.Status))
            .ShouldBe([(1, 1, DeliveryStatus.Failed), (2, 2, DeliveryStatus.Queued)]);
        (deliveries[1].DueAt - deliveries[0].UpdatedAt).ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task Settles_what_was_spent(bool accepted, int tenths)
    {
        var application = await LimitedAsync(l => l with { SpendingPerDay = 1 });
        var otpId = await Process.OtpAsync(application, Channel.Call);
        (await SpentAsync(application)).ShouldBe(0.1m);

        await Process.ReportAsync(
            await Process.ClaimedAsync(otpId, Channel.Call),
            accepted ? new SendOutcome.Accepted(null) : new SendOutcome.Refused("refused"));

        (await SpentAsync(application)).ShouldBe(tenths * 0.1m);
    }

    [Fact]
    public async Task Leaves_no_sum_wrong_when_many_settle_at_once()
    {
        var application = await LimitedAsync(l => l with { SpendingPerDay = 10 });
        var claimed = new List<ClaimedDelivery>();
        while (claimed.Count < 12)
        {
            claimed.Add(await Process.ClaimedAsync(await Process.OtpAsync(application, Channel.Call), Channel.Call));
        }

        var processes = Processes(4);
        await Task.WhenAll(processes.Select(p => p.Get<ApplicationDirectory>().RefreshAsync(CancellationToken.None)));
        await AtOnceAsync(claimed.Select((c, i) => (Func<Task<bool>>)(() => processes[i % 4].ReportAsync(
            c, i % 3 == 0 ? new SendOutcome.Refused("refused") : new SendOutcome.Accepted(null)))));

        (await SpentAsync(application)).ShouldBe(0.8m);
    }

    private async Task<decimal> SpentAsync(Application application) =>
        (await Process.QueryAsync(db => db.Set<ApplicationSpending>().AsNoTracking().SingleAsync(s => s.ApplicationId == application.Id)))
        .Spent;
}
