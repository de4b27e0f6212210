using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;
using OtpPipeline.Contracts;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Outbox;

namespace OtpPipeline.Storage.Suite.Deliveries.Sending;

/// <summary>A process died with a claim, or a broker lost a work command.</summary>
public sealed class Deliveries_that_are_lost(SuiteHost host) : StorageSpec(host)
{
    [Fact]
    public async Task Become_unknown_once_when_their_claim_has_ended()
    {
        var application = await ApplicationAsync();
        var (dead, alive) = (await Process.OtpAsync(application), await Process.OtpAsync(application));
        await Process.ClaimedAsync(dead);
        await Process.ClaimedAsync(alive);
        var past = (await Process.ClockAsync()).AddSeconds(-1);
        await SetAsync(dead, set => set.SetProperty(d => d.LeaseUntil, past));

        var ended = await RaceAsync(4, p => p.Get<DeliveryRecovery>().EndLeasesAsync(100, CancellationToken.None));

        ended.Sum().ShouldBe(1);
        (await Process.ReadAsync(application, dead)).Deliveries.Select(d => (d.Status, d.Reason))
            .ShouldBe([(DeliveryStatus.Unknown, "lease_ended"), (DeliveryStatus.Queued, null)]);
        (await Process.ReadAsync(application, alive)).Deliveries.Select(d => d.Status).ShouldBe([DeliveryStatus.Sending]);
    }

    [Fact]
    public async Task Are_published_again_once()
    {
        var application = await ApplicationAsync();
        await Process.ClaimedAsync(await Process.OtpAsync(application, Channel.Ussd), Channel.Ussd);
        var lost = await LostAsync(await Process.OtpAsync(application, Channel.Ussd));

        // The process knows the lag of the queue by what it has claimed.
        await RepublishAsync();
        await RepublishAsync();

        (await Process.MessagesAsync(lost)).Select(m => (m.MessageType, m.RoutingKey)).ShouldBe([(DeliveryRecovery.WorkCommand, "ussd")]);
        var delivery = (await Process.ReadAsync(application, lost)).Deliveries.ShouldHaveSingleItem();
        delivery.Republished.ShouldBe(1);
        delivery.PublishDueAt.ShouldBeGreaterThan((await Process.ClockAsync()).AddSeconds(25));
    }

    [Fact]
    public async Task Are_not_published_again_while_the_outbox_holds_their_command()
    {
        var application = await ApplicationAsync();
        await Process.ClaimedAsync(await Process.OtpAsync(application, Channel.Call), Channel.Call);
        var first = await LostAsync(await Process.OtpAsync(application, Channel.Call));
        var further = await LostAsync(await Process.OtpAsync(application, Channel.Call));
        var batch = Get<IOutbox>().NewBatch();
        batch.Publish(new OtpRequested(first, "call", 1, Further: [new(further, 1)]), "call", correlationId: first);
        await using (var context = await Process.NewContextAsync())
        {
            context.AddOutbox(batch, await Process.ClockAsync());
            await context.SaveChangesAsync();
        }

        await RepublishAsync();

        (await Process.MessagesAsync(first)).Count.ShouldBe(1);
        (await Process.MessagesAsync(further)).ShouldBeEmpty();
        var delivery = (await Process.ReadAsync(application, further)).Deliveries.ShouldHaveSingleItem();
        delivery.Republished.ShouldBe(0);
        delivery.PublishDueAt.ShouldBeGreaterThan(await Process.ClockAsync(), "it was found");
    }

    [Fact]
    public async Task Are_found_by_channel_and_not_while_another_transaction_holds_them()
    {
        var application = await ApplicationAsync();
        var lost = new List<Guid>();
        while (lost.Count < 6)
        {
            object fields = lost.Count % 2 == 0
                ? new { channel = "email", email = $"{Guid.NewGuid():N}@example.com" }
                : new { channel = "telegram", chatId = "7" };
            lost.Add(await LostAsync(await Process.OtpAsync(application, fields)));
        }

        var lags = new Dictionary<Channel, TimeSpan> { [Channel.Email] = TimeSpan.Zero, [Channel.Telegram] = TimeSpan.Zero };
        await using var first = await Get<IOtpStore>().BeginAsync(CancellationToken.None);
        await using var second = await Get<IOtpStore>().BeginAsync(CancellationToken.None);

        var two = await first.LockLostDeliveriesAsync(lags, limit: 2, CancellationToken.None);
        var others = await second.LockLostDeliveriesAsync(lags, limit: 10, CancellationToken.None);

        two.Otps.Values.Count(o => o.Otp.Channel == Channel.Email).ShouldBe(2);
        two.Otps.Values.Count(o => o.Otp.Channel == Channel.Telegram).ShouldBe(2);
        others.Otps.Keys.ShouldBe(lost.Except(two.Otps.Keys), ignoreOrder: true);
        others.Otps.Values.ShouldAllBe(o => o.Deliveries.Count == 1);
    }

    private Task<int> RepublishAsync() => Get<DeliveryRecovery>().RepublishAsync(100, CancellationToken.None);

    /// <summary>Its command has left the outbox, and nothing came of it.</summary>
    private async Task<Guid> LostAsync(Guid otpId)
    {
        await Process.PublishedAsync(otpId);
        var past = (await Process.ClockAsync()).AddMinutes(-1);
        await SetAsync(otpId, set => set.SetProperty(d => d.PublishDueAt, past));
        return otpId;
    }

    private Task SetAsync(Guid otpId, Action<UpdateSettersBuilder<Delivery>> set) =>
        Process.QueryAsync(db => db.Deliveries.Where(d => d.OtpId == otpId).ExecuteUpdateAsync(set));
}
