using OtpPipeline.Outbox.Tests.Support;
using OtpPipeline.Storage.Postgres.Outbox;

namespace OtpPipeline.Outbox.Tests;

public sealed class The_inbox : OutboxSpec
{
    private IInbox Inbox => new PostgresInbox(Database.Source);

    [Fact]
    public async Task Knows_a_message_that_had_its_effect()
    {
        (await HandleAsync("any string: 1", "commands", commit: true)).ShouldBeTrue();
        (await HandleAsync("any string: 1", "commands", commit: true)).ShouldBeFalse();
        (await HandleAsync("any string: 1", "callbacks", commit: true)).ShouldBeTrue();
        (await HandleAsync("any string: 2", "commands", commit: true)).ShouldBeTrue();
    }

    [Fact]
    public async Task Forgets_a_message_whose_transaction_was_rolled_back()
    {
        (await HandleAsync("m", "commands", commit: false)).ShouldBeTrue();
        (await HandleAsync("m", "commands", commit: true)).ShouldBeTrue();
    }

    [Fact]
    public async Task Lets_one_of_many_parallel_deliveries_have_its_effect()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => HandleAsync("m", "commands", commit: true)));

        answers.Count(isNew => isNew).ShouldBe(1);
    }

    [Fact]
    public async Task Tells_the_new_messages_of_a_bulk_insert()
    {
        await HandleAsync("old", "commands", commit: true);
        await using var connection = await Database.Source.OpenConnectionAsync();
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(
            PostgresInbox.InsertCommand([("new", "commands"), ("old", "commands"), ("twice", "commands"), ("twice", "commands")]));

        var added = new List<string>();
        await using (var reader = await batch.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                added.Add(reader.GetString(0));
            }
        }

        added.ShouldBe(["new", "twice"], ignoreOrder: true);
    }

    [Fact]
    public async Task Is_purged_by_age_in_bounded_batches()
    {
        foreach (var id in new[] { "a", "b", "c" })
        {
            await HandleAsync(id, "commands", commit: true);
        }

        await using (var age = Database.Source.CreateCommand("UPDATE inbox_messages SET received_at = received_at - interval '31 days'"))
        {
            await age.ExecuteNonQueryAsync();
        }

        await HandleAsync("young", "commands", commit: true);

        (await Inbox.PurgeAsync(TimeSpan.FromDays(30), limit: 2, default)).ShouldBe(2);
        (await Inbox.PurgeAsync(TimeSpan.FromDays(30), limit: 2, default)).ShouldBe(1);
        (await Inbox.PurgeAsync(TimeSpan.FromDays(30), limit: 2, default)).ShouldBe(0);
        (await Database.ScalarAsync<string>("SELECT string_agg(message_id, ',') FROM inbox_messages")).ShouldBe("young");
    }

    private async Task<bool> HandleAsync(string messageId, string queue, bool commit)
    {
        await using var context = Database.NewContext();
        await using var transaction = await context.Database.BeginTransactionAsync();
        var isNew = await Inbox.TryInsertAsync(context, messageId, queue, default);
        if (commit)
        {
            await transaction.CommitAsync();
        }

        return isNew;
    }
}
