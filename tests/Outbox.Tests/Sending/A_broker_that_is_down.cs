using OtpPipeline.Outbox.Tests.Support;

namespace OtpPipeline.Outbox.Tests.Sending;

public sealed class A_broker_that_is_down : OutboxSpec
{
    private static readonly object Short = new
    {
        Lease = "00:00:03",
        PublishTimeout = "00:00:00.5",
        BrokerProbeInterval = "00:00:00.2",
        MaxAttempts = 2,
        RetryBaseDelay = "00:00:00.1",
        Concurrency = 50,
    };

    [Fact]
    public async Task Costs_the_writer_nothing_and_everything_arrives_once_it_is_back()
    {
        var broker = Own(BrokerProxy.To(Servers.RabbitMq));
        var process = await StartProcess(Short, broker.Address);
        await process.CommitAndDispatchAsync(process.Pings(1));
        await EverythingArrives(1);
        await TheTableIsEmpty();

        broker.Cut();
        var batch = process.Pings(2_000);
        await process.CommitAsync(batch);
        var dispatching = Task.Run(() => process.Outbox.Dispatch(batch));

        // Two thousand tries that time out, fifty at once, would take twice as long.
        await dispatching.WaitAsync(TimeSpan.FromSeconds(10));

        // Past the writer's lease the sweeper has tried and given back: no row counts an attempt, none is parked.
        await Eventually.Until(async () => await Database.RowsAsync("lease_id IS NULL") > 0, "a row that a sweeper gave back");
        (await Database.RowsAsync("attempts = 0 AND parked_at IS NULL")).ShouldBe(2_000);
        Receiver.Messages.Count.ShouldBe(1);

        broker.Mend();
        await EverythingArrives(2_001);
        await TheTableIsEmpty();
    }

    [Fact]
    public async Task A_broker_that_only_hangs_is_left_alone_after_a_few_tries()
    {
        var broker = Own(BrokerProxy.To(Servers.RabbitMq));
        var publisher = default(CountingPublisher);
        var process = await StartProcess(
            Short, broker.Address, services => CountingPublisher.Decorate(services, created => publisher = created));
        await process.CommitAndDispatchAsync(process.Pings(1));
        await EverythingArrives(1);

        broker.Hang();
        var batch = process.Pings(2_000);
        await process.CommitAndDispatchAsync(batch);
        await Eventually.Until(async () => await Database.RowsAsync("lease_id IS NULL") > 0, "a row that a sweeper gave back");

        // 50 were out when it hung; since then one at a time asks whether it is back.
        publisher!.Calls.ShouldBeInRange(50, 1 + 50 + 100);

        broker.Thaw();
        await EverythingArrives(2_001);
        await TheTableIsEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_broker_that_hangs_while_queues_are_declared_gets_every_message_once_it_answers(bool onANewConnection)
    {
        var broker = Own(BrokerProxy.To(Servers.RabbitMq));
        var process = await StartProcess(Short, broker.Address);
        await process.CommitAndDispatchAsync(process.Pings(1));
        await EverythingArrives(1);

        // The first message to a queue declares it. That call is under way when the publish times out, and must not spoil the channel for
        // all that follow.
        broker.Hang();
        var batch = process.Outbox.NewBatch();
        for (var i = 0; i < 99; i++)
        {
            batch.Send(new Ping(i), new Uri($"queue:{Receiver.Queue}-{i % 3}"));
        }

        await process.CommitAndDispatchAsync(batch);
        await Eventually.Until(async () => await Database.RowsAsync("lease_id IS NULL") > 0, "a row that was given back");

        if (onANewConnection)
        {
            broker.Cut();
        }

        broker.Thaw();
        if (onANewConnection)
        {
            broker.Mend();
        }

        await TheTableIsEmpty();
    }
}
