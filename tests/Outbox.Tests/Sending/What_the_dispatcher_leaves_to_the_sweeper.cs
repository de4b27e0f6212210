using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Outbox.Tests.Support;

namespace OtpPipeline.Outbox.Tests.Sending;

public sealed class What_the_dispatcher_leaves_to_the_sweeper : OutboxSpec
{
    [Fact]
    public async Task Messages_for_which_the_memory_queue_has_no_room()
    {
        // Nothing waits for the end of this lease.
        var process = await StartProcess(new { Lease = "00:05:00", PublishTimeout = "00:00:05", QueueCapacity = 10, Concurrency = 1 });
        var batch = process.Pings(500);

        await process.CommitAndDispatchAsync(batch);

        await EverythingArrives(500);
        await TheTableIsEmpty();
        Receiver.Messages.Count.ShouldBe(500);
    }

    [Fact]
    public async Task Messages_whose_lease_was_nearly_over_before_the_commit()
    {
        var clock = new ShiftedTime();
        var process = await StartProcess(new { Lease = "00:05:00" }, configure: services => services.AddSingleton<TimeProvider>(clock));
        var late = process.Pings(1);
        clock.Shift(TimeSpan.FromSeconds(295));
        await process.CommitAndDispatchAsync(late);
        await process.CommitAndDispatchAsync(process.Pings(1));

        // Long before its lease ends by the database's clock, and once: whoever sends it holds its lease.
        await EverythingArrives(2);
        await TheTableIsEmpty();
        Receiver.Messages.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Messages_that_could_not_be_published_long_before_their_lease_ends()
    {
        var broker = Own(BrokerProxy.To(Servers.RabbitMq));
        var process = await StartProcess(
            new { Lease = "00:05:00", PublishTimeout = "00:00:01", BrokerProbeInterval = "00:00:00.2" }, broker.Address);
        await process.CommitAndDispatchAsync(process.Pings(1));
        await EverythingArrives(1);

        broker.Cut();
        await process.CommitAndDispatchAsync(process.Pings(100));
        await Eventually.Until(async () => await Database.RowsAsync("lease_id IS NULL") > 90, "what could not be published is given back");

        broker.Mend();
        await EverythingArrives(101);
        await TheTableIsEmpty();
    }

    [Fact]
    public async Task Messages_that_are_committed_before_the_bus_is_ready()
    {
        var ready = false;
        var starting = await StartProcess(
            new { Lease = "00:05:00" },
            configure: services => services.AddSingleton(
                _ => new OutboxSetup { IsReady = () => Volatile.Read(ref ready) }.Map<Ping>("ping")));
        await starting.CommitAndDispatchAsync(starting.Pings(20));
        await Eventually.Until(async () => await Database.RowsAsync("lease_id IS NULL") == 20, "all are given back");
        Receiver.Messages.ShouldBeEmpty();
        starting.Outbox.IsReady.ShouldBeFalse();

        // Another process need not wait for the one that wrote them.
        await StartProcess(new { Lease = "00:05:00" });
        await EverythingArrives(20);
        await TheTableIsEmpty();

        Volatile.Write(ref ready, true);
        await starting.CommitAndDispatchAsync(starting.Pings(1));
        await EverythingArrives(21);
    }

    [Fact]
    public async Task Delayed_messages_which_go_out_when_they_are_due_and_not_before()
    {
        var process = await StartProcess();
        var batch = process.Pings(20, delay: TimeSpan.FromSeconds(1.5));
        var due = DateTime.UtcNow + TimeSpan.FromSeconds(1.5);

        await process.CommitAndDispatchAsync(batch);

        (await Database.RowsAsync("lease_id IS NULL")).ShouldBe(20);
        await EverythingArrives(20);
        Receiver.Messages.Count.ShouldBe(20);
        Receiver.Messages.Min(m => m.At).ShouldBeGreaterThan(due);
    }

    private sealed class ShiftedTime : TimeProvider
    {
        private long _shift;

        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _shift);

        public void Shift(TimeSpan by) => Interlocked.Add(ref _shift, (long)(by.TotalSeconds * TimestampFrequency));
    }
}
