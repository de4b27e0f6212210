using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Outbox;

namespace OtpPipeline.Storage.Suite.Deliveries.Publishing;

public sealed class Deliveries_that_wait_for_their_turn(SuiteHost host) : StorageSpec(host)
{
    private static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Are_published_the_longest_due_first()
    {
        var application = await ApplicationAsync();
        var otps = await WaitingAsync(application, Channel.Sms, 3);
        await using var unit = await Get<IReleaseStore>().BeginReleaseAsync(CancellationToken.None);

        var released = await unit.TakeAsync([new(application.Id, Channel.Sms)], target: 100, most: 2, LostAfter, CancellationToken.None);

        released.Select(r => r.OtpId).ShouldBe(otps[..2]);
        await unit.SaveAsync([], CancellationToken.None);
        (await StillWaitingAsync(application)).ShouldBe([otps[2]]);
    }

    [Fact]
    public async Task Get_their_work_commands_in_the_same_transaction()
    {
        var application = await ApplicationAsync();
        var otps = await WaitingAsync(application, Channel.Call, 2);
        await Process.PublishedAsync([.. otps]);

        (await Get<DeliveryRelease>().RunAsync(CancellationToken.None)).ShouldBeTrue();

        (await StillWaitingAsync(application)).ShouldBeEmpty();

        // A command may name further OTPs.
        var commands = await Process.QueryAsync(db => db.Set<OutboxMessage>()
            .Where(m => m.MessageType == DeliveryRecovery.WorkCommand).Select(m => m.Body).ToListAsync());
        otps.ShouldAllBe(otp => commands.Count(c => c.Contains(otp.ToString(), StringComparison.Ordinal)) == 1);
        (await Process.ClaimAsync(OtpSteps.Hint(otps[1], Channel.Call))).ShouldNotBeNull();
    }

    [Fact]
    public async Task Fill_their_share_of_the_queue_to_its_target_only()
    {
        var application = await ApplicationAsync();
        await Process.OtpAsync(application, Channel.Ussd);
        await WaitingAsync(application, Channel.Ussd, 4);
        await using var unit = await Get<IReleaseStore>().BeginReleaseAsync(CancellationToken.None);

        var released = await unit.TakeAsync([new(application.Id, Channel.Ussd)], target: 3, most: 100, LostAfter, CancellationToken.None);

        released.Count.ShouldBe(2, "one is published already");
    }

    [Fact]
    public async Task Are_released_by_one_process_at_a_time()
    {
        var application = await ApplicationAsync();
        await WaitingAsync(application, Channel.Sms, 2);
        QueueShare[] shares = [new(application.Id, Channel.Sms)];
        await using (var first = await Get<IReleaseStore>().BeginReleaseAsync(CancellationToken.None))
        {
            (await first.TakeAsync(shares, 100, 1, LostAfter, CancellationToken.None)).Count.ShouldBe(1);
            await using var second = await Processes(2)[1].Get<IReleaseStore>().BeginReleaseAsync(CancellationToken.None);

            (await second.TakeAsync(shares, 100, 100, LostAfter, CancellationToken.None)).ShouldBeEmpty();
        }

        (await StillWaitingAsync(application)).Count.ShouldBe(2, "the first was not saved");
    }

    [Fact]
    public async Task Are_not_published_before_they_are_due()
    {
        var application = await ApplicationAsync();
        var otpId = (await WaitingAsync(application, Channel.Sms, 1))[0];
        var later = (await Process.ClockAsync()).AddMinutes(1);
        await Process.QueryAsync(
            db => db.Deliveries.Where(d => d.OtpId == otpId).ExecuteUpdateAsync(set => set.SetProperty(d => d.DueAt, later)));

        (await FindWaitingAsync(after: null, 1000)).ShouldNotContain(s => s.ApplicationId == application.Id);
        await using var unit = await Get<IReleaseStore>().BeginReleaseAsync(CancellationToken.None);
        (await unit.TakeAsync([new(application.Id, Channel.Sms)], 100, 100, LostAfter, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Are_found_page_by_page()
    {
        var shares = new List<QueueShare>();
        for (var i = 0; i < 3; i++)
        {
            var application = await ApplicationAsync();
            foreach (var channel in (Channel[])[Channel.Call, Channel.Sms])
            {
                await WaitingAsync(application, channel, 2);
                shares.Add(new(application.Id, channel));
            }
        }

        var found = new List<QueueShare>();
        while (await FindWaitingAsync(found.Count == 0 ? null : found[^1], 2) is { Count: > 0 } page)
        {
            page.Count.ShouldBeLessThanOrEqualTo(2);
            found.AddRange(page);
        }

        found.ShouldBeUnique();
        shares.ShouldBeSubsetOf(found);
    }

    [Fact]
    public async Task Come_before_a_new_OTP()
    {
        var application = await ApplicationAsync();
        await WaitingAsync(application, Channel.Call, 1);

        // A process that has counted nothing yet.
        var process = Processes(3)[2];
        var otpId = await process.OtpAsync(application, Channel.Call);

        (await StillWaitingAsync(application)).ShouldContain(otpId);
        (await Process.MessagesAsync(otpId)).ShouldBeEmpty();
    }

    private Task<IReadOnlyList<QueueShare>> FindWaitingAsync(QueueShare? after, int limit) =>
        Get<IReleaseStore>().FindWaitingAsync(after, limit, CancellationToken.None);

    /// <summary>OTPs whose deliveries wait; the first is the longest due.</summary>
    private async Task<List<Guid>> WaitingAsync(Application application, Channel channel, int count)
    {
        var otps = new List<Guid>();
        while (otps.Count < count)
        {
            otps.Add(await Process.OtpAsync(application, channel));
        }

        var now = await Process.ClockAsync();
        foreach (var (index, otpId) in Enumerable.Reverse(otps).Index())
        {
            var due = now.AddSeconds(-10 - index);
            await Process.QueryAsync(db => db.Deliveries.Where(d => d.OtpId == otpId)
                .ExecuteUpdateAsync(set => set.SetProperty(d => d.WaitingSince, due).SetProperty(d => d.DueAt, due)));
        }

        return otps;
    }

    private Task<List<Guid>> StillWaitingAsync(Application application) => Process.QueryAsync(
        db => db.Deliveries.Where(d => d.ApplicationId == application.Id && d.Status == DeliveryStatus.Queued && d.WaitingSince != null)
            .OrderBy(d => d.DueAt).Select(d => d.OtpId).ToListAsync());
}
