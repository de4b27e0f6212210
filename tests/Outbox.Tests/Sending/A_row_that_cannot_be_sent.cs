using OtpPipeline.Outbox.Tests.Support;

namespace OtpPipeline.Outbox.Tests.Sending;

public sealed class A_row_that_cannot_be_sent : OutboxSpec
{
    private static readonly object Impatient = new
    {
        Lease = "00:00:02",
        PublishTimeout = "00:00:00.6",
        MaxAttempts = 3,
        RetryBaseDelay = "00:00:00.1",
        RetryMaxDelay = "00:00:00.2",
    };

    [Fact]
    public async Task Is_parked_after_its_attempts_while_the_others_flow()
    {
        var process = await StartProcess(Impatient);
        var batch = process.Outbox.NewBatch();
        var unroutable = batch.Publish(new Ping(-1), "nowhere");
        var unknown = batch.Publish(new Ping(-2), "ping.unknown");
        await process.CommitAsync(batch);
        await ExecuteAsync($"UPDATE outbox_messages SET message_type = 'of-a-newer-version' WHERE id = '{unknown}'");
        var others = process.Pings(300);
        await process.CommitAsync(others);

        await EverythingArrives(300);
        await Eventually.Until(async () => await Database.RowsAsync("parked_at IS NOT NULL") == 2, "two parked rows");

        var parked = await process.Store.ListParkedAsync(10, after: null, default);
        parked.Select(p => p.Id).ShouldBe([unroutable, unknown], ignoreOrder: true);
        parked.Select(p => p.Attempts).ShouldBe([3, 3]);
        parked.Single(p => p.Id == unroutable).LastError.ShouldNotBeNull().ShouldStartWith("PublishReturnException: 312 NO_ROUTE");
        parked.Single(p => p.Id == unknown).LastError
            .ShouldBe("UnknownMessageTypeException: No message type is mapped to the wire name \"of-a-newer-version\".");
        Receiver.Messages.Select(m => m.MessageId).Distinct().Count().ShouldBe(300);
        (await process.Store.ListParkedAsync(10, after: parked[0].Id, default)).ShouldHaveSingleItem().Id.ShouldBe(parked[1].Id);
    }

    [Fact]
    public async Task Is_sent_under_its_own_id_when_an_operator_replays_it()
    {
        var process = await StartProcess(Impatient);
        var batch = process.Outbox.NewBatch();
        var id = batch.Publish(new Ping(1), "nowhere");
        await process.CommitAndDispatchAsync(batch);
        await Eventually.Until(async () => await Database.RowsAsync("parked_at IS NOT NULL") == 1, "a parked row");
        await ExecuteAsync("UPDATE outbox_messages SET routing_key = 'ping.here'");

        (await process.Store.ReplayAsync([id, Guid.CreateVersion7()], default)).ShouldBe(1);
        process.Outbox.Wake();

        await EverythingArrives(1);
        await TheTableIsEmpty();
        Receiver.Messages.ShouldHaveSingleItem().MessageId.ShouldBe(id);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = Database.Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
