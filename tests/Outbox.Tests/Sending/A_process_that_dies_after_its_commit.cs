using OtpPipeline.Outbox.Tests.Support;

namespace OtpPipeline.Outbox.Tests.Sending;

public sealed class A_process_that_dies_after_its_commit : OutboxSpec
{
    [Fact]
    public async Task Its_messages_are_swept_exactly_once_by_several_processes_after_the_lease()
    {
        var settings = new { Lease = "00:00:05", PublishTimeout = "00:00:01.5", PollInterval = "00:00:00.02", BatchSize = 100 };
        var dead = DeadProcess(settings);
        var batch = dead.Pings(4_000);
        var leaseEnds = DateTime.UtcNow + TimeSpan.FromSeconds(5);
        await dead.CommitAsync(batch);
        for (var i = 0; i < 4; i++)
        {
            await StartProcess(settings);
        }

        await EverythingArrives(4_000);
        await TheTableIsEmpty();

        Receiver.Messages.Count.ShouldBe(4_000);
        Receiver.Messages.Select(m => m.MessageId).ShouldBe(batch.Messages.Select(m => m.Id), ignoreOrder: true);
        Receiver.Messages.Min(m => m.At).ShouldBeGreaterThan(leaseEnds);
    }
}
