using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Contracts;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Outbox;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Bus;

/// <summary>A row of the outbox, until a queue takes it.</summary>
[Collection("servers")]
public sealed class A_message_that_waits
{
    private static readonly OtpStatusChanged Event = new(Guid.NewGuid(), Guid.NewGuid(), null, "VERIFIED", null, 2, DateTime.UnixEpoch, null, 0);

    [Fact]
    public async Task Shows_nothing_of_its_sender_and_comes_with_the_correlation_that_the_sender_gave()
    {
        const string Correlation = "order of +33612246455";
        await using var database = await TestDatabase.CreateAsync();
        await using var broker = await Broker.ConnectAsync();
        await using var host = await BusHost.StartAsync(database);
        await host.UntilConnectedAsync();
        var queue = await broker.DeclareOwnQueueAsync();
        var batch = host.Services.GetRequiredService<IOutbox>().NewBatch();

        batch.Answer(new ReplyRoute(queue, InEnvelope: false, Correlation), new OtpRejected(null, 2001, "invalid_param", "x", null), traceParent: null);

        var row = batch.Messages.ShouldHaveSingleItem();
        row.Headers.ShouldNotBeNull().ShouldNotContain("33612246455");
        var outgoing = host.Services.GetRequiredService<OutboxSerializer>().Read(row);
        await host.Services.GetRequiredService<IOutboxPublisher>().PublishAsync(outgoing, TestContext.Current.CancellationToken);
        (await broker.TakeAsync(queue)).ShouldNotBeNull().BasicProperties.CorrelationId.ShouldBe(Correlation);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task For_a_full_queue_holds_up_nothing_else(bool isEvent)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var broker = await Broker.ConnectAsync();
        await using var host = await BusHost.StartAsync(database);
        await host.UntilConnectedAsync();
        var (full, other) = (await broker.DeclareFullQueueAsync(), await broker.DeclareOwnQueueAsync());
        var subscriber = Guid.NewGuid().ToString();
        await broker.BindAsync(full, OtpBusTopology.OtpStatusChangedExchange, subscriber);
        await (isEvent ? CommitAsync(300, b => b.Publish(Event, subscriber)) : AnswerAsync(full, 300));
        await Eventually.Until(async () => await database.ScalarAsync<long>("SELECT count(*) FROM outbox_messages WHERE attempts > 0") == 300, "each refusal is counted");

        await AnswerAsync(other, 50);

        await Eventually.Until(async () => await broker.CountAsync(other) == 50, "the others arrive");
        await Eventually.Until(async () => await database.ScalarAsync<long>("SELECT count(*) FROM outbox_messages") == 300, "they leave the outbox");

        Task AnswerAsync(string queue, int count) => CommitAsync(count, b => b.Answer(
            new ReplyRoute(queue, InEnvelope: false, Correlation: null), new OtpRejected(null, 2001, "invalid_param", "x"), traceParent: null));

        async Task CommitAsync(int count, Action<OutboxBatch> add)
        {
            var outbox = host.Services.GetRequiredService<IOutbox>();
            var batch = outbox.NewBatch();
            for (var i = 0; i < count; i++)
            {
                add(batch);
            }

            await using var unit = await host.Services.GetRequiredService<IOtpStore>().BeginAsync(TestContext.Current.CancellationToken);
            await unit.SaveAsync(new OtpChanges(batch, default, host.Services.GetRequiredService<OtpSecrets>()), batch.Messages, TestContext.Current.CancellationToken);
            outbox.Dispatch(batch);
        }
    }
}
