using Microsoft.EntityFrameworkCore;
using OtpPipeline.Outbox;

namespace OtpPipeline.Storage.Suite.Outbox;

public sealed class The_inbox(SuiteHost host) : StorageSpec(host)
{
    private readonly string _queue = $"q-{Guid.NewGuid():N}";

    [Fact]
    public async Task Knows_a_message_that_had_its_effect()
    {
        (await HandleAsync(Process, "any string: 1")).ShouldBeTrue();
        (await HandleAsync(Process, "any string: 1")).ShouldBeFalse();
        (await HandleAsync(Process, "any string: 1", queue: "another")).ShouldBeTrue();
        (await HandleAsync(Process, "any string: 2")).ShouldBeTrue();
    }

    [Fact]
    public async Task Forgets_a_message_whose_transaction_was_rolled_back()
    {
        (await HandleAsync(Process, "m", commit: false)).ShouldBeTrue();
        (await HandleAsync(Process, "m")).ShouldBeTrue();
    }

    [Fact]
    public async Task Lets_one_of_many_parallel_deliveries_have_its_effect()
    {
        var answers = await RaceAsync(4, p => HandleAsync(p, "m"), each: 4);

        answers.Count(isNew => isNew).ShouldBe(1);
    }

    [Fact]
    public async Task Waits_for_a_transaction_that_handles_the_same_message()
    {
        Task<bool> second;
        await using (var context = await Process.NewContextAsync())
        {
            await using var transaction = await context.Database.BeginTransactionAsync();
            (await Get<IInbox>().TryInsertAsync(context, "m", _queue, CancellationToken.None)).ShouldBeTrue();
            second = Task.Run(() => HandleAsync(Processes(2)[1], "m"));
            await Process.UntilWaitingAsync();
            await transaction.RollbackAsync();
        }

        (await second).ShouldBeTrue("the first had no effect");
    }

    [Fact]
    public async Task Is_purged_by_age_in_bounded_batches()
    {
        foreach (var id in (string[])["a", "b", "c"])
        {
            await HandleAsync(Process, id);
        }

        var past = (await Process.ClockAsync()).AddDays(-31);
        await Process.QueryAsync(db => db.Set<InboxMessage>().Where(m => m.Queue == _queue)
            .ExecuteUpdateAsync(set => set.SetProperty(m => m.ReceivedAt, past)));
        await HandleAsync(Process, "young");

        var purged = new[] { await PurgeAsync(), await PurgeAsync(), await PurgeAsync() };

        purged.ShouldBe([2, 1, 0]);
        (await Process.QueryAsync(db => db.Set<InboxMessage>().Where(m => m.Queue == _queue).Select(m => m.MessageId).ToListAsync()))
            .ShouldBe(["young"]);
    }

    private Task<int> PurgeAsync() => Get<IInbox>().PurgeAsync(TimeSpan.FromDays(30), limit: 2, CancellationToken.None);

    private async Task<bool> HandleAsync(SuiteProcess process, string messageId, string? queue = null, bool commit = true)
    {
        await using var context = await process.NewContextAsync();
        await using var transaction = await context.Database.BeginTransactionAsync();
        var isNew = await process.Get<IInbox>().TryInsertAsync(context, messageId, queue ?? _queue, CancellationToken.None);
        if (commit)
        {
            await transaction.CommitAsync();
        }

        return isNew;
    }
}
