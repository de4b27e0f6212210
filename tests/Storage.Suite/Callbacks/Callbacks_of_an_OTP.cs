using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Callbacks.Sending;

namespace OtpPipeline.Storage.Suite.Callbacks;

public sealed class Callbacks_of_an_OTP(SuiteHost host) : StorageSpec(host)
{
    private static readonly CallbackDecision Delivered = new(CallbackStatus.Delivered, null, TimeSpan.Zero);
    private static readonly CallbackDecision Later = new(CallbackStatus.Pending, null, TimeSpan.FromMinutes(5));

    [Fact]
    public async Task Are_claimed_by_one_of_many_processes()
    {
        var otpId = await Process.CallingBackAsync(await OwnAsync());

        var claimed = await RaceAsync(4, p => p.Get<CallbackClaims>().ClaimAsync(otpId, CancellationToken.None), each: 3);

        var callback = claimed.SelectMany(c => c).ShouldHaveSingleItem();
        callback.Content.Url.ShouldBe(CallbackSteps.Url);
        var data = JsonDocument.Parse(callback.Content.Body).RootElement.GetProperty("data")[0];
        data.GetProperty("otpId").GetGuid().ShouldBe(otpId);
        var row = await Process.CallbackAsync(callback.Id);
        (row.Status, row.LeaseId, row.Sequence).ShouldBe((CallbackStatus.Pending, callback.LeaseId, 2));
    }

    [Fact]
    public async Task That_no_message_claimed_are_found_when_they_are_due()
    {
        var application = await OwnAsync();
        var (due, early) = (await Process.CallingBackAsync(application), await Process.CallingBackAsync(application));
        await Process.DueAsync(due);
        await LaterAsync(early);

        var found = await RaceAsync(4, p => ClaimDueAsync(p, application));

        var callback = found.SelectMany(f => f.Outgoing).ShouldHaveSingleItem();
        (await Process.CallbackAsync(callback.Id)).OtpId.ShouldBe(due);
        found.Sum(f => f.Unannounced).ShouldBe(1);
    }

    [Fact]
    public async Task Are_sent_again_with_the_same_bytes()
    {
        var application = await OwnAsync();
        var otpId = await Process.CallingBackAsync(application);
        var first = await Process.ClaimedCallbackAsync(otpId);
        await Process.ReportAsync(first, Later, new(TimeSpan.FromSeconds(2), 500, null, null));
        await Process.DueAsync(otpId);

        var second = (await ClaimDueAsync(Process, application)).Outgoing.ShouldHaveSingleItem();

        second.Failures.ShouldBe(1);
        second.LeaseId.ShouldNotBe(first.LeaseId);
        second.Content.Body.ShouldBe(first.Content.Body);
    }

    [Fact]
    public async Task Are_recorded_only_by_the_holder_of_their_claim()
    {
        var otpId = await Process.CallingBackAsync(await OwnAsync());
        var callback = await Process.ClaimedCallbackAsync(otpId);
        (await Process.ReportAsync(callback with { LeaseId = Guid.CreateVersion7() }, Delivered)).ShouldBeFalse();

        var written = await RaceAsync(4, p => p.ReportAsync(callback, Delivered, new(TimeSpan.FromSeconds(1), 200, null, null)));

        written.Count(w => w).ShouldBe(1);
        var row = await Process.CallbackAsync(callback.Id);
        (row.Status, row.Attempts, row.Failures, row.LeaseId).ShouldBe((CallbackStatus.Delivered, 1, 0, null));
    }

    [Fact]
    public async Task Wait_after_an_attempt_that_failed()
    {
        var callback = await Process.ClaimedCallbackAsync(await Process.CallingBackAsync(await OwnAsync()));
        var before = await Process.ClockAsync();

        await Process.ReportAsync(callback, Later, new(TimeSpan.FromSeconds(2), null, "timeout", null));

        var row = await Process.CallbackAsync(callback.Id);
        (row.Status, row.Attempts, row.Failures, row.LeaseId).ShouldBe((CallbackStatus.Pending, 1, 1, null));
        row.DueAt.ShouldBeInRange(before.AddMinutes(5), (await Process.ClockAsync()).AddMinutes(5));
    }

    [Fact]
    public async Task Tell_of_their_attempts()
    {
        var application = await OwnAsync();
        var otpId = await Process.CallingBackAsync(application);
        var first = await Process.ClaimedCallbackAsync(otpId);
        var answer = Encoding.UTF8.GetBytes("encrypted");
        await Process.ReportAsync(first, Later, new(TimeSpan.FromMilliseconds(1500), 500, null, answer));
        await Process.DueAsync(otpId);
        var second = (await ClaimDueAsync(Process, application)).Outgoing.ShouldHaveSingleItem();
        await Process.ReportAsync(second, Delivered, new(TimeSpan.FromMilliseconds(250), 204, null, null));

        var history = (await Get<ICallbackStore>().ReadAsync(new(otpId, application.Id, IsTest: false), CancellationToken.None))
            .ShouldNotBeNull().ShouldHaveSingleItem();

        history.Callback.Status.ShouldBe(CallbackStatus.Delivered);
        history.Attempts.Select(a => (a.Number, a.DurationMs, a.HttpStatus)).ShouldBe([(1, 1500, 500), (2, 250, 204)]);
        history.Attempts[0].Answer.ShouldBe(answer);
        (await Get<ICallbackStore>().ReadAsync(new(otpId, (await OwnAsync()).Id, IsTest: false), CancellationToken.None)).ShouldBeNull();
        (await Get<ICallbackStore>().ReadAsync(new(otpId, application.Id, IsTest: true), CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task Of_one_application_leave_room_for_those_of_others()
    {
        var (many, few) = (await OwnAsync(), await OwnAsync());
        Guid[] otps =
        [
            await Process.CallingBackAsync(many), await Process.CallingBackAsync(many), await Process.CallingBackAsync(many),
            await Process.CallingBackAsync(few),
        ];
        await Process.DueAsync(otps);

        var claimed = await Get<CallbackClaims>().ClaimDueAsync(a => a == many.Id || a == few.Id, limit: 4, CancellationToken.None);

        claimed.More.ShouldBeTrue();
        var taken = await Task.WhenAll(claimed.Outgoing.Select(o => Process.CallbackAsync(o.Id)));
        taken.Select(c => c.OtpId).ShouldBe([otps[0], otps[1], otps[3]], ignoreOrder: true);
    }

    private static Task<DueCallbacks> ClaimDueAsync(SuiteProcess process, Application application) =>
        process.Get<CallbackClaims>().ClaimDueAsync(a => a == application.Id, 100, CancellationToken.None);

    private Task<Application> OwnAsync() => ApplicationAsync(s => s with { CallbackEvents = CallbackEvents.All });

    private async Task LaterAsync(Guid otpId)
    {
        var later = (await Process.ClockAsync()).AddMinutes(1);
        await Process.QueryAsync(
            db => db.Callbacks.Where(c => c.OtpId == otpId).ExecuteUpdateAsync(set => set.SetProperty(c => c.DueAt, later)));
    }
}
