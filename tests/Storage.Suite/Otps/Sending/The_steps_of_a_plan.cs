using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Plans;
using OtpPipeline.Core.Otps.Sending;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Receipts.Recording;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Storage.Suite.Otps.Sending;

public sealed class The_steps_of_a_plan(SuiteHost host) : StorageSpec(host)
{
    [Fact]
    public async Task Wait_from_the_send_and_start_once_in_many_processes()
    {
        var application = await ApplicationAsync();
        var otpId = await PlannedAsync(application);
        await Process.SendAsync(otpId, Channel.Whatsapp);
        var sent = (await Process.ReadAsync(application, otpId)).Deliveries[0].SentAt;
        var step = (await WaitingAsync(otpId)).ShouldNotBeNull();
        (step.Step, step.DueAt).ShouldBe((2, sent!.Value.AddSeconds(60)));
        (await Get<IStepStore>().FindDueAsync(100, CancellationToken.None)).ShouldNotContain(s => s.OtpId == otpId);
        await DueAsync(otpId);

        var started = await RaceAsync(4, p => StartAsync(p, application));

        started.Sum().ShouldBe(1);
        (await Process.ReadAsync(application, otpId)).Deliveries.Select(d => (d.Step, d.Attempt, d.Channel))
            .ShouldBe([(1, 1, Channel.Whatsapp), (2, 1, Channel.Call)]);
        (await WaitingAsync(otpId)).ShouldBeNull();
    }

    [Fact]
    public async Task Start_at_once_where_the_message_did_not_arrive()
    {
        var application = await ApplicationAsync();
        var otpId = await PlannedAsync(application);
        await Process.SendAsync(otpId, Channel.Whatsapp);
        var late = (await WaitingAsync(otpId))!.DueAt;

        await Get<ReceiptRecording>().RecordAsync(
            new(SuiteProcess.Gateway, new(ReceiptStatus.Undelivered)) { Token = new(otpId, 1, 1) }, CancellationToken.None);

        (await WaitingAsync(otpId))!.DueAt.ShouldBeLessThan(late.AddSeconds(-30));
        (await StartAsync(Process, application)).ShouldBe(1);
    }

    [Fact]
    public async Task Start_before_their_time_by_command()
    {
        var application = await ApplicationAsync();
        var otpId = await PlannedAsync(application);
        await Process.SendAsync(otpId, Channel.Whatsapp);

        var answers = await RaceAsync(4, p => p.Get<OtpNext>().StartAsync(new(application, otpId), CancellationToken.None));

        answers.Count(a => a.Error is null).ShouldBe(1);
        answers.Count(a => a.Error == OtpErrors.NoFurtherStep).ShouldBe(3);
        (await Process.ReadAsync(application, otpId)).Deliveries.Select(d => d.Step).ShouldBe([1, 2]);
        (await WaitingAsync(otpId)).ShouldBeNull();
    }

    [Fact]
    public async Task End_with_their_OTP()
    {
        var application = await ApplicationAsync();
        var otpId = await PlannedAsync(application);
        await Process.SendAsync(otpId, Channel.Whatsapp);

        await Process.VerifyAsync(application, otpId, await Process.PinAsync(otpId));

        (await WaitingAsync(otpId)).ShouldBeNull();
    }

    [Fact]
    public async Task Wait_for_the_next_run_while_another_transaction_holds_their_OTP()
    {
        var application = await ApplicationAsync();
        var otpId = await PlannedAsync(application);
        await Process.SendAsync(otpId, Channel.Whatsapp);
        await DueAsync(otpId);
        await using (var unit = await Get<Core.Otps.Changes.IOtpStore>().BeginAsync(CancellationToken.None))
        {
            await unit.LockAsync([otpId], submissions: false, CancellationToken.None);

            (await StartAsync(Process, application)).ShouldBe(0);
        }

        (await StartAsync(Process, application)).ShouldBe(1);
    }

    private static Task<int> StartAsync(SuiteProcess process, Application application) => process.Get<StepStart>().StartDueAsync(
        (_, _) => ValueTask.FromResult<Application?>(application), 100, CancellationToken.None);

    private Task<Guid> PlannedAsync(Application application) => Process.OtpAsync(application, new
    {
        channels = new object[] { "whatsapp", new { channel = "call", waitSeconds = 60 } },
        phoneNumber = Recipients.Next(),
    });

    private Task<PendingStep?> WaitingAsync(Guid otpId) =>
        Process.QueryAsync(db => db.Set<PendingStep>().AsNoTracking().SingleOrDefaultAsync(s => s.OtpId == otpId));

    private async Task DueAsync(Guid otpId)
    {
        var past = (await Process.ClockAsync()).AddSeconds(-1);
        await Process.QueryAsync(db => db.Set<PendingStep>().Where(s => s.OtpId == otpId)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.DueAt, past)));
    }
}
