using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Outbox.Sending;
using OtpPipeline.Outbox.Tests.Support;

namespace OtpPipeline.Outbox.Tests;

public sealed class Committing_a_unit_of_work : OutboxSpec
{
    [Fact]
    public async Task Its_message_arrives_once_under_the_rows_id_and_the_row_is_gone()
    {
        var process = await StartProcess();
        var batch = process.Outbox.NewBatch();
        var id = batch.Publish(
            new Ping(7, "seven"), "ping.seven", headers: new Dictionary<string, string>(StringComparer.Ordinal) { ["X-Kind"] = "odd" });

        await using var context = Database.NewContext();
        context.Things.Add(new Thing { Id = 7 });
        context.AddOutbox(batch, await Database.ClockAsync());
        await context.SaveChangesAsync();
        process.Outbox.Dispatch(batch);

        await EverythingArrives(1);
        await TheTableIsEmpty();
        var message = Receiver.Messages.ShouldHaveSingleItem();
        message.MessageId.ShouldBe(id);
        message.RoutingKey.ShouldBe("ping.seven");
        JsonSerializer.Deserialize<Ping>(message.Body, JsonSerializerOptions.Web).ShouldBe(new Ping(7, "seven"));
        message.Headers["X-Kind"].ShouldBe("odd");
        (await context.Things.CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task All_messages_of_a_bulk_insert_arrive_once()
    {
        var process = await StartProcess();
        var batch = process.Pings(2_000);

        await process.CommitAndDispatchAsync(batch);

        await EverythingArrives(2_000);
        await TheTableIsEmpty();
        Receiver.Messages.Count.ShouldBe(2_000);
        Receiver.Messages.Select(m => m.MessageId).ShouldBe(batch.Messages.Select(m => m.Id), ignoreOrder: true);
    }

    [Fact]
    public async Task A_rolled_back_unit_of_work_sends_nothing()
    {
        var process = await StartProcess(new { Lease = "00:00:02", PublishTimeout = "00:00:00.5" });
        var lost = process.Pings(10);
        await using (var context = Database.NewContext())
        {
            await using var transaction = await context.Database.BeginTransactionAsync();
            context.AddOutbox(lost, await Database.ClockAsync());
            await context.SaveChangesAsync();
            await transaction.RollbackAsync();
        }

        // A message that was stored after it and is found by the sweeper proves that the lost ones had their chance.
        await process.CommitAsync(process.Pings(1));
        await EverythingArrives(1);

        Receiver.Messages.ShouldHaveSingleItem().MessageId.ShouldNotBeOneOf([.. lost.Messages.Select(m => m.Id)]);
    }

    [Fact]
    public async Task A_message_can_be_sent_to_one_address()
    {
        var process = await StartProcess();
        var batch = process.Outbox.NewBatch();
        var correlation = Guid.CreateVersion7();
        batch.Send(
            new Ping(3), new Uri($"exchange:{Receiver.Exchange}?type=topic"), "ping.direct",
            headers: new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [OutboxHeaders.CorrelationId] = correlation.ToString(),
        });

        await process.CommitAndDispatchAsync(batch);

        await EverythingArrives(1);
        var message = Receiver.Messages.ShouldHaveSingleItem();
        message.RoutingKey.ShouldBe("ping.direct");
        message.CorrelationId.ShouldBe(correlation.ToString());
    }

    [Fact]
    public void A_message_without_a_wire_name_is_refused_at_once()
    {
        var batch = DeadProcess().Outbox.NewBatch();

        Should.Throw<InvalidOperationException>(() => batch.Publish(new Pong(1))).Message.ShouldContain("Pong has no wire name");
        batch.Messages.ShouldBeEmpty();
    }
}
