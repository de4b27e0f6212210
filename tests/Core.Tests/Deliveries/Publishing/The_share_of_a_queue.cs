using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Deliveries.Publishing;

public class The_share_of_a_queue
{
    private static readonly QueueShare Share = new(Guid.CreateVersion7(), Channel.Sms);
    private static readonly DeliveryOptions Options = new() { MaxPublishedPerApplication = 160 };

    [Fact]
    public void Is_counted_before_the_first_place_is_taken_and_then_once_a_block()
    {
        using var places = Some.Quota(Options).Begin();

        places.ToCount([Share, Share]).ShouldBe([Share]);
        Take(places, 1).ShouldBe(0);
        places.Counted(Used(0));

        places.ToCount(Enumerable.Repeat(Share, 10)).ShouldBeEmpty();
        Take(places, 11).ShouldBe(10);
        places.ToCount([Share]).ShouldBe([Share]);
    }

    [Theory]
    [InlineData(78, false, 2)]
    [InlineData(80, false, 0)]
    [InlineData(160, false, 0)]
    [InlineData(0, true, 0)]
    public void Has_no_place_once_half_of_it_is_used_or_others_wait(int published, bool hasWaiting, int taken)
    {
        using var places = Some.Quota(Options).Begin();

        places.Counted(Used(published, hasWaiting));

        Take(places, 100).ShouldBe(taken);
    }

    [Fact]
    public void Counts_what_another_transaction_of_the_process_has_not_committed_yet()
    {
        var quota = Some.Quota(Options);
        using (var first = quota.Begin())
        {
            first.Counted(Used(0));
            Take(first, 7).ShouldBe(7);
            using var second = quota.Begin();
            second.Counted(Used(0));
            Take(second, 100).ShouldBe(3);
        }

        using var later = quota.Begin();
        later.Counted(Used(10));
        Take(later, 100).ShouldBe(10);
    }

    [Fact]
    public void Is_not_exceeded_by_eight_processes_whatever_the_order_of_their_counts()
    {
        var random = new Random(4711);
        for (var round = 0; round < 200; round++)
        {
            // Each process counts what is committed, takes some, and commits when it comes to it; nothing is claimed meanwhile.
            var processes = Enumerable.Range(0, 8).Select(_ => Some.Quota(Options)).ToList();
            var open = new Dictionary<int, (PublishQuota.Batch Batch, int Taken)>();
            var committed = 0;
            for (var step = 0; step < 400; step++)
            {
                var process = random.Next(8);
                if (open.Remove(process, out var transaction))
                {
                    committed += transaction.Taken;
                    transaction.Batch.Dispose();
                    continue;
                }

                var batch = processes[process].Begin();
                var wanted = random.Next(1, 30);
                if (batch.ToCount(Enumerable.Repeat(Share, wanted)).Count > 0)
                {
                    batch.Counted(Used(committed));
                }

                open[process] = (batch, Take(batch, wanted));
            }

            (committed + open.Values.Sum(o => o.Taken)).ShouldBeInRange(80, 160);
        }
    }

    [Fact]
    public void Is_released_by_turns()
    {
        var (a, b) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        var order = DeliveryRelease.InTurn([Released(a, 1), Released(a, 2), Released(a, 3), Released(b, 1), Released(b, 2)]);

        order.Select(r => (r.ApplicationId == a ? "a" : "b") + r.Step).ShouldBe(["a1", "b1", "a2", "b2", "a3"]);
    }

    private static ReleasedDelivery Released(Guid application, int step) =>
        new(application, Guid.CreateVersion7(), Channel.Sms, step, null, "default", "");

    private static Dictionary<QueueShare, QueueShareUse> Used(int published, bool hasWaiting = false) =>
        new() { [Share] = new(published, hasWaiting) };

    private static int Take(PublishQuota.Batch places, int wanted) => Enumerable.Range(0, wanted).Count(_ => places.TryTake(Share));
}
