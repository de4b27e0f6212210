using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Stores;
using OtpPipeline.Outbox;

namespace OtpPipeline.Storage.Suite.Otps.Changes;

public sealed class A_unit_of_changes(SuiteHost host) : StorageSpec(host)
{
    [Fact]
    public async Task Writes_nothing_when_it_is_not_saved()
    {
        var application = await ApplicationAsync();
        var otpId = await Process.OtpAsync(application);
        await using (var unit = await Get<IOtpStore>().BeginAsync(CancellationToken.None))
        {
            await CancelAsync(unit, otpId);
        }

        (await Process.ReadAsync(application, otpId)).Otp.Status.ShouldBe(OtpStatus.Pending);
        (await Process.ChangesAsync(otpId)).Count.ShouldBe(1);
        (await Process.MessagesAsync(otpId)).Select(m => m.MessageType).ShouldBe(["otp-requested"]);
    }

    [Fact]
    public async Task Writes_its_messages_with_its_changes()
    {
        var application = await ApplicationAsync();
        var otpId = await Process.OtpAsync(application);
        await using (var unit = await Get<IOtpStore>().BeginAsync(CancellationToken.None))
        {
            var (changes, outgoing) = await CancelAsync(unit, otpId);
            await unit.SaveAsync(changes, outgoing.Messages, CancellationToken.None);
        }

        (await Process.ReadAsync(application, otpId)).Otp.Status.ShouldBe(OtpStatus.Cancelled);
        (await Process.MessagesAsync(otpId)).Select(m => m.MessageType)
            .ShouldBe(["otp-requested", "otp-delivery-changed", "otp-status-changed"], ignoreOrder: true);
    }

    [Fact]
    public async Task Writes_no_change_where_a_message_cannot_be_written()
    {
        var application = await ApplicationAsync();
        var otpId = await Process.OtpAsync(application);
        var stored = await Process.MessagesAsync(await Process.OtpAsync(application));
        await using (var unit = await Get<IOtpStore>().BeginAsync(CancellationToken.None))
        {
            var (changes, outgoing) = await CancelAsync(unit, otpId);

            var failure = await Should.ThrowAsync<Exception>(
                () => unit.SaveAsync(changes, [.. outgoing.Messages, .. stored], CancellationToken.None));

            StoreFailures.IsDuplicate(failure).ShouldBeTrue(failure.ToString());
        }

        (await Process.ReadAsync(application, otpId)).Otp.Status.ShouldBe(OtpStatus.Pending);
        (await Process.ChangesAsync(otpId)).Count.ShouldBe(1);
        (await Process.MessagesAsync(otpId)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Holds_its_locks_until_its_end()
    {
        var application = await ApplicationAsync();
        var otpId = await Process.OtpAsync(application);
        var pin = await Process.PinAsync(otpId);
        var other = Processes(2)[1];
        Task<Core.Otps.Verification.VerifyAnswer> verifying;
        await using (var unit = await Get<IOtpStore>().BeginAsync(CancellationToken.None))
        {
            var (changes, outgoing) = await CancelAsync(unit, otpId);
            verifying = Task.Run(() => other.VerifyAsync(application, otpId, pin));
            await Process.UntilWaitingAsync();
            await unit.SaveAsync(changes, outgoing.Messages, CancellationToken.None);
        }

        (await verifying).Error.ShouldBe(Core.Errors.OtpErrors.WasCancelled);
    }

    [Fact]
    public async Task Locks_in_one_order_so_that_two_never_wait_for_each_other()
    {
        var otps = await Process.OtpsAsync(await ApplicationAsync(), 12);
        var processes = Processes(4);

        var locked = await AtOnceAsync(Enumerable.Range(0, 24).Select(i => (Func<Task<int>>)(async () =>
        {
            await using var unit = await processes[i % 4].Get<IOtpStore>().BeginAsync(CancellationToken.None);
            List<Guid> order = i % 2 == 0 ? otps : [.. Enumerable.Reverse(otps)];
            return (await unit.LockForVerificationAsync(order, submissions: true, CancellationToken.None)).Otps.Count;
        })));

        locked.ShouldAllBe(count => count == otps.Count);
    }

    [Fact]
    public async Task Finds_those_that_exist()
    {
        var otpId = await Process.OtpAsync(await ApplicationAsync());
        await using var unit = await Get<IOtpStore>().BeginAsync(CancellationToken.None);

        var locked = await unit.LockAsync([Guid.CreateVersion7(), otpId], submissions: false, CancellationToken.None);

        locked.Otps.Keys.ShouldBe([otpId]);
    }

    [Fact]
    public async Task Numbers_every_change_of_an_OTP_without_a_gap()
    {
        var application = await ApplicationAsync(s => s with { CallbackEvents = CallbackEvents.All });
        var otpId = await Process.OtpAsync(
            application, new { phoneNumber = Recipients.Next(), otpCallbackUrl = "https://shop.example/otp" });
        await Process.ReportAsync(await Process.ClaimedAsync(otpId), new SendOutcome.Unknown("timeout"));
        await Process.VerifyAsync(application, otpId, await Process.PinAsync(otpId));

        var changes = await Process.ChangesAsync(otpId);

        changes.Select(c => (c.Sequence, c.Kind, c.Status)).ShouldBe([
            (1L, OtpChangeKind.Created, "PENDING"), (2L, OtpChangeKind.Delivery, "UNKNOWN"), (3L, OtpChangeKind.Delivery, "SUPPRESSED"),
            (4L, OtpChangeKind.Status, "VERIFIED"),
        ]);
        changes.Select(c => c.OccurredAt).ShouldBeInOrder();
        (await Process.ReadAsync(application, otpId)).Otp.Sequence.ShouldBe(4);
        var callbacks = await Process.QueryAsync(
            db => db.Callbacks.Where(c => c.OtpId == otpId).OrderBy(c => c.Sequence).ToListAsync());
        callbacks.Select(c => (c.Sequence, c.Previous, c.Status))
            .ShouldBe([(2L, 0L, CallbackStatus.Pending), (3L, 2L, CallbackStatus.Pending), (4L, 3L, CallbackStatus.Pending)]);
    }

    private async Task<(OtpChanges Changes, OutboxBatch Outgoing)> CancelAsync(IOtpUnit unit, Guid otpId)
    {
        var outgoing = Get<IOutbox>().NewBatch();
        var locked = await unit.LockAsync([otpId], submissions: false, CancellationToken.None);
        var changes = new OtpChanges(outgoing, locked.Now, Process.Secrets);
        var otp = locked.Otps[otpId];
        changes.Move(otp, OtpRules.Cancel(otp.State, locked.Now).State);
        return (changes, outgoing);
    }
}
