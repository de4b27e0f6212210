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

    [Fact]
    public async Task A_claimed_row_is_nobody_elses_until_the_claim_ends()
    {
        var dead = DeadProcess(new { Lease = "00:00:02", PublishTimeout = "00:00:00.5" });
        await dead.CommitAsync(dead.Pings(1));
        IReadOnlyList<OutboxMessage> first = [];
        await Eventually.Until(
            async () => (first = await dead.Store.ClaimAsync(Guid.CreateVersion7(), TimeSpan.FromSeconds(2), 10, default)).Count == 1,
            "the writer's lease to end");

        (await dead.Store.ClaimAsync(Guid.CreateVersion7(), TimeSpan.FromSeconds(2), 10, default)).ShouldBeEmpty();

        IReadOnlyList<OutboxMessage> second = [];
        await Eventually.Until(
            async () => (second = await dead.Store.ClaimAsync(Guid.CreateVersion7(), TimeSpan.FromMinutes(1), 10, default)).Count == 1,
            "the claim to end");
        second[0].Id.ShouldBe(first[0].Id);

        // What the first holder still has to say comes too late.
        await dead.Store.FailAsync(first[0].LeaseId!.Value, [new OutboxFailure(first[0].Id, null, "late")], default);
        await dead.Store.ReleaseAsync(first[0].LeaseId!.Value, [first[0].Id], TimeSpan.Zero, default);
        (await Database.RowsAsync("parked_at IS NULL AND attempts = 0 AND lease_id IS NOT NULL AND due_at > clock_timestamp()"))
            .ShouldBe(1);
    }
}
