using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Callbacks.Sending;

namespace OtpPipeline.Storage.Suite.Callbacks;

public sealed class Callbacks_for_an_operator(SuiteHost host) : StorageSpec(host)
{
    [Fact]
    public async Task Are_listed_in_pages_that_neither_repeat_nor_skip_one()
    {
        var application = await OwnAsync();
        var rows = await StoredAsync(application, 7, sameTime: 3);

        var listed = new List<CallbackHistory>();
        CallbackPlace? after = null;
        while (await ListAsync(new(null, application.Id, null, null), after) is { Count: > 0 } page)
        {
            page.Count.ShouldBeLessThanOrEqualTo(2);
            listed.AddRange(page);
            after = new(page[^1].Callback.CreatedAt, page[^1].Callback.Id);
        }

        listed.Select(l => l.Callback.Id).ShouldBe(rows.Select(r => r.Id), ignoreOrder: true);
        listed.Select(l => l.Callback.CreatedAt).ShouldBeInOrder(SortDirection.Descending);
    }

    [Fact]
    public async Task Are_selected_by_status_application_and_time()
    {
        var application = await OwnAsync();
        var parked = await Process.ParkedAsync(application);
        await Process.CallingBackAsync(application);
        var created = (await Process.CallbackAsync(parked.Id)).CreatedAt;

        (await ListAsync(new(CallbackStatus.Parked, application.Id, created, created.AddSeconds(1)), after: null))
            .ShouldHaveSingleItem().Attempts.ShouldHaveSingleItem().HttpStatus.ShouldBe(410);
        (await ListAsync(new(CallbackStatus.Parked, application.Id, null, created), after: null)).ShouldBeEmpty();
        (await ListAsync(new(CallbackStatus.Delivered, application.Id, null, null), after: null)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Are_replayed_one_by_one()
    {
        var application = await OwnAsync();
        var parked = await Process.ParkedAsync(application);
        var own = new OwnOtp((await Process.CallbackAsync(parked.Id)).OtpId, application.Id, IsTest: false);
        (await ReplayAsync(parked.Id, own with { ApplicationId = Guid.CreateVersion7() })).ShouldBeFalse();
        (await ReplayAsync(parked.Id, own with { IsTest = true })).ShouldBeFalse();
        (await ReplayAsync(Guid.CreateVersion7(), null)).ShouldBeFalse();

        (await ReplayAsync(parked.Id, own)).ShouldBeTrue();

        var row = await Process.CallbackAsync(parked.Id);
        (row.Status, row.Reason, row.Failures, row.Attempts).ShouldBe((CallbackStatus.Pending, null, 0, 1));
        row.DueAt.ShouldBeLessThanOrEqualTo(await Process.ClockAsync());
    }

    [Fact]
    public async Task Keep_the_claim_of_one_that_is_being_sent()
    {
        var application = await OwnAsync();
        var callback = await Process.ClaimedCallbackAsync(await Process.CallingBackAsync(application));
        var ends = (await Process.CallbackAsync(callback.Id)).DueAt;

        (await ReplayAsync(callback.Id, null)).ShouldBeTrue();

        var row = await Process.CallbackAsync(callback.Id);
        (row.LeaseId, row.DueAt).ShouldBe((callback.LeaseId, ends));
    }

    [Fact]
    public async Task Are_replayed_in_batches_each_once()
    {
        var application = await OwnAsync();
        await StoredAsync(application, 5, sameTime: 5);
        var filter = new CallbackFilter(CallbackStatus.Parked, application.Id, null, null);

        var counts = new List<int>();
        Guid? last = null;
        do
        {
            var batch = await Get<ICallbackStore>().ReplayAsync(filter, last, 2, CancellationToken.None);
            counts.Add(batch.Count);
            last = batch.Last;
        }
        while (last is not null);

        counts.Sum().ShouldBe(5);
        counts.ShouldAllBe(c => c <= 2);
        (await Process.QueryAsync(db => db.Callbacks.Where(c => c.ApplicationId == application.Id).Select(c => c.Status).ToListAsync()))
            .ShouldAllBe(s => s == CallbackStatus.Pending);
    }

    private Task<IReadOnlyList<CallbackHistory>> ListAsync(CallbackFilter filter, CallbackPlace? after) =>
        Get<ICallbackStore>().ListAsync(filter, after, limit: 2, CancellationToken.None);

    private Task<bool> ReplayAsync(Guid id, OwnOtp? otp) => Get<ICallbackStore>().ReplayAsync(id, otp, CancellationToken.None);

    private Task<Application> OwnAsync() => ApplicationAsync(s => s with { CallbackEvents = CallbackEvents.All });

    /// <summary>Parked callbacks of one OTP, so many of them with one time.</summary>
    private async Task<List<Callback>> StoredAsync(Application application, int count, int sameTime)
    {
        var otpId = await Process.OtpAsync(application);
        var now = await Process.ClockAsync();
        List<Callback> rows =
        [
            .. Enumerable.Range(0, count).Select(i => new Callback
            {
                Id = Guid.NewGuid(),
                OtpId = otpId,
                ApplicationId = application.Id,
                Sequence = 100 + i,
                Previous = 0,
                Status = CallbackStatus.Parked,
                Reason = CallbackReasons.Gone,
                DueAt = now,
                CreatedAt = now.AddSeconds(-(i / sameTime)),
                UpdatedAt = now,
            }),
        ];
        await Process.AddAsync([.. rows]);
        return rows;
    }
}
