using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Stores;

namespace OtpPipeline.Storage.Suite.Stores;

/// <summary>What a driver throws must mean the same on every database.</summary>
public sealed class Failures_of_the_database(SuiteHost host) : StorageSpec(host)
{
    [Fact]
    public async Task Of_a_deadlock_mean_that_the_transaction_may_run_again()
    {
        var otps = await Process.OtpsAsync(await ApplicationAsync(), 2);
        var (both, runs) = (new Barrier(2), 0);
        var failures = new List<StoreFailure>();

        var touched = await AtOnceAsync(
            ((IReadOnlyList<Guid>[])[otps, [.. Enumerable.Reverse(otps)]]).Select(order => (Func<Task<int>>)(() => StoreRetries.RunAsync(
                () => TouchAsync(order, Interlocked.Increment(ref runs) <= 2 ? both : null, failures)))));

        touched.ShouldBe([2, 2]);
        failures.ShouldBe([StoreFailure.Retry]);
    }

    [Fact]
    public async Task Of_a_lock_that_is_held_for_too_long_mean_later()
    {
        var otpId = await Process.OtpAsync(await ApplicationAsync());
        await using var holder = await Get<IOtpStore>().BeginAsync(CancellationToken.None);
        await holder.LockAsync([otpId], submissions: false, CancellationToken.None);
        await using var waiting = await Impatient.Get<IOtpStore>().BeginAsync(CancellationToken.None);

        var failure = await Should.ThrowAsync<Exception>(() => waiting.LockAsync([otpId], submissions: false, CancellationToken.None));

        (StoreFailures.KindOf(failure), StoreFailures.IsLockTimeout(failure)).ShouldBe((StoreFailure.Busy, true), failure.ToString());
    }

    [Fact]
    public async Task Of_a_value_that_is_taken_mean_a_duplicate()
    {
        var otpId = await Process.OtpAsync(await ApplicationAsync());
        var change = (await Process.ChangesAsync(otpId))[0];

        var failure = await Should.ThrowAsync<Exception>(() => Process.AddAsync(change));

        (StoreFailures.IsDuplicate(failure), StoreFailures.IsTransient(failure)).ShouldBe((true, false), failure.ToString());
    }

    [Fact]
    public async Task Of_a_table_that_is_missing_are_told_apart()
    {
        var failure = await Should.ThrowAsync<Exception>(
            () => Process.QueryAsync(db => db.Database.SqlQueryRaw<int>("SELECT 1 AS \"Value\" FROM no_such_table").ToListAsync()));

        (StoreFailures.IsTableMissing(failure), StoreFailures.KindOf(failure)).ShouldBe((true, StoreFailure.Fault), failure.ToString());
    }

    [Fact]
    public async Task Are_none_where_the_database_serves() => (await Get<StoreCheck>()(CancellationToken.None)).ShouldBeNull();

    [Fact]
    public async Task Are_bounded_by_a_statement_of_the_session()
    {
        var sql = Get<LockTimeoutSql>()(200).ShouldNotBeNull();
        var otpId = await Process.OtpAsync(await ApplicationAsync());
        await using var holder = await Get<IOtpStore>().BeginAsync(CancellationToken.None);
        await holder.LockAsync([otpId], submissions: false, CancellationToken.None);

        var failure = await Should.ThrowAsync<Exception>(() => Process.QueryAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            await db.Database.ExecuteSqlRawAsync(sql);
            return await TouchAsync(db, otpId);
        }));

        StoreFailures.IsLockTimeout(failure).ShouldBeTrue(failure.ToString());
    }

    private async Task<int> TouchAsync(IReadOnlyList<Guid> otps, Barrier? both, List<StoreFailure> failures)
    {
        try
        {
            await using var context = await Process.NewContextAsync();
            await using var transaction = await context.Database.BeginTransactionAsync();
            var touched = await TouchAsync(context, otps[0]);
            both?.SignalAndWait(TimeSpan.FromSeconds(30));
            touched += await TouchAsync(context, otps[1]);
            await transaction.CommitAsync();
            return touched;
        }
        catch (Exception failure)
        {
            lock (failures)
            {
                failures.Add(StoreFailures.KindOf(failure));
            }

            throw;
        }
    }

    private static Task<int> TouchAsync(DbContext context, Guid otpId) =>
        context.Set<Otp>().Where(o => o.Id == otpId).ExecuteUpdateAsync(set => set.SetProperty(o => o.Attempts, o => o.Attempts));
}
