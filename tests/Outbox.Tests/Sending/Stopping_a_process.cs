using OtpPipeline.Outbox.Tests.Support;

namespace OtpPipeline.Outbox.Tests.Sending;

public sealed class Stopping_a_process : OutboxSpec
{
    [Fact]
    public async Task It_gives_back_what_it_could_not_send_so_that_another_sends_it_at_once()
    {
        var broker = Own(BrokerProxy.To(Servers.RabbitMq));
        var settings = new { Lease = "00:05:00", PublishTimeout = "00:00:01", Concurrency = 4, BrokerDownThreshold = 10_000 };
        var stopped = await StartProcess(settings, broker.Address);
        await stopped.CommitAndDispatchAsync(stopped.Pings(1));
        await EverythingArrives(1);
        broker.Hang();
        var batch = stopped.Pings(100);
        await stopped.CommitAndDispatchAsync(batch);

        // The bus itself cannot stop while its connection hangs, so its host is still stopping when the other process sends.
        var stopping = stopped.StopAsync();
        await Eventually.Until(
            async () => await Database.RowsAsync("lease_id IS NULL AND due_at <= clock_timestamp()") == 100, "100 released rows");
        await StartProcess(settings);
        await EverythingArrives(101);
        broker.Thaw();
        await stopping;
        await TheTableIsEmpty();
    }

    [Fact]
    public async Task It_sends_what_is_in_flight_and_deletes_it()
    {
        var process = await StartProcess(new { Lease = "00:05:00" });
        var batch = process.Pings(500);
        await process.CommitAndDispatchAsync(batch);

        // A host may be told to stop by two at once, and again later.
        await Task.WhenAll(process.StopAsync(), process.StopAsync());
        await process.StopAsync();

        // Whatever has arrived is deleted; whatever has not is free.
        var free = await Database.RowsAsync("lease_id IS NULL AND due_at <= clock_timestamp()");
        (await Database.RowsAsync()).ShouldBe(free);
        await Eventually.Until(() => Receiver.Messages.Count == 500 - free, $"{500 - free} messages");
    }

    [Fact]
    public async Task What_is_committed_while_it_stops_is_given_back_too()
    {
        var late = default(OutboxProcess);
        var process = await StartProcess(
            new { Lease = "00:05:00" },
            configure: services => LateCommit.Register(services, () => late!.CommitAndDispatchAsync(late.Pings(3))));
        late = process;

        await process.StopAsync();

        (await Database.RowsAsync("lease_id IS NULL AND due_at <= clock_timestamp()")).ShouldBe(3);
    }
}
