using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;

namespace OtpPipeline.Storage.Suite.Otps.Changes;

public sealed class An_OTP_that_expires(SuiteHost host) : StorageSpec(host)
{
    [Fact]
    public async Task Is_one_that_is_due_and_no_other()
    {
        var application = await ApplicationAsync();
        var otps = await Process.OtpsAsync(application, 4);
        var (sent, unsent, ended, live) = (otps[0], otps[1], otps[2], otps[3]);
        await Process.SendAsync(sent);
        await Process.CancelAsync(application, ended);
        await Process.ExpireAsync(sent, unsent, ended);

        (await Get<OtpExpiry>().ExpireAsync(10, CancellationToken.None)).ShouldBe(2);

        var states = new List<(OtpStatus, OtpReason?)>();
        foreach (var otpId in otps)
        {
            var otp = (await Process.ReadAsync(application, otpId)).Otp;
            states.Add((otp.Status, otp.Reason));
        }

        states.ShouldBe([
            (OtpStatus.Expired, OtpReason.NotVerified), (OtpStatus.Expired, OtpReason.NeverSent), (OtpStatus.Cancelled, null),
            (OtpStatus.Pending, null),
        ]);
        (await Process.ReadAsync(application, unsent)).Deliveries[0].Status.ShouldBe(DeliveryStatus.Suppressed);
        (await Process.QueryAsync(db => db.Pins.Where(p => otps.Contains(p.OtpId)).Select(p => p.OtpId).ToListAsync())).ShouldBe([live]);
    }

    [Fact]
    public async Task Is_taken_once_by_many_processes_in_bounded_batches()
    {
        var application = await ApplicationAsync();
        var otps = await Process.OtpsAsync(application, 30);
        await Process.ExpireAsync([.. otps]);
        (await Get<OtpExpiry>().ExpireAsync(4, CancellationToken.None)).ShouldBe(4);

        var expired = await RaceAsync(4, ExpireAllAsync);

        expired.Sum().ShouldBe(26);
        (await Process.QueryAsync(
            db => db.Changes.CountAsync(c => otps.Contains(c.OtpId) && c.Kind == OtpChangeKind.Status))).ShouldBe(30);
    }

    [Fact]
    public async Task Waits_for_the_next_run_while_another_transaction_holds_it()
    {
        var application = await ApplicationAsync();
        var otpId = await Process.OtpAsync(application);
        await Process.ExpireAsync(otpId);
        await using (var unit = await Get<IOtpStore>().BeginAsync(CancellationToken.None))
        {
            await unit.LockAsync([otpId], submissions: false, CancellationToken.None);

            (await Get<OtpExpiry>().ExpireAsync(10, CancellationToken.None)).ShouldBe(0);
        }

        (await Get<OtpExpiry>().ExpireAsync(10, CancellationToken.None)).ShouldBe(1);
    }

    private static async Task<int> ExpireAllAsync(SuiteProcess process)
    {
        var sum = 0;
        for (var count = 1; count > 0; sum += count)
        {
            count = await process.Get<OtpExpiry>().ExpireAsync(7, CancellationToken.None);
        }

        return sum;
    }
}
