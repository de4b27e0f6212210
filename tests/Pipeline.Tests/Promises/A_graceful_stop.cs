using System.Collections.Concurrent;
using System.Diagnostics;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

[Collection(nameof(SharedPipeline))]
public sealed class A_graceful_stop(SharedPipeline shared)
{
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Of_a_worker_finishes_the_calls_that_are_under_way()
    {
        var pipeline = await shared.GetAsync();
        var worker = await pipeline.WithOneWorkerAsync();
        var slow = await Load.RunAsync(20, 20, _ => pipeline.RequestAsync(new { phoneNumber = Recipients.Slow }));
        await Eventually.Until(
            async () => (await pipeline.Database.DeliveriesAsync(slow)).TrueForAll(d => d.Status == "SENDING"), "all calls are under way");
        var watch = Stopwatch.StartNew();

        (await worker.StopAsync()).ShouldBe(0);

        await pipeline.StartWorkerAsync();
        watch.Elapsed.ShouldBeLessThan(StopTime);
        (await pipeline.Database.DeliveriesAsync(slow)).ShouldAllBe(d => d.Status == "SENT" && d.Attempt == 1);
    }

    [Fact]
    public async Task Under_load_leaves_nothing_unknown_and_answers_what_it_has_taken()
    {
        var pipeline = await shared.GetAsync();
        var worker = await pipeline.WithOneWorkerAsync();
        await pipeline.StartWorkerAsync();
        var accepted = new ConcurrentDictionary<Guid, string>();
        await using (Load.OfRequests(pipeline, 16, accepted))
        {
            await Eventually.Until(() => accepted.Count > 500, "there is load");
            pipeline.Apis[0].RequestStop();
            (await worker.StopAsync()).ShouldBe(0);
            (await pipeline.Apis[0].StopAsync()).ShouldBe(0);
            var sofar = accepted.Count;
            await Eventually.Until(() => accepted.Count > sofar + 500, "the others go on");
        }

        var ids = accepted.Keys.ToArray();
        await pipeline.UntilSentAsync(ids);
        (await pipeline.Database.CountAsync("deliveries WHERE status <> 'SENT' AND otp_id = ANY ($1)", ids)).ShouldBe(0);
        (await pipeline.Database.CountAsync("sandbox_messages s JOIN otps o ON o.recipient_hash = s.recipient_hash WHERE o.id = ANY " +
            "($1)", ids)).ShouldBe(ids.Length);
        await pipeline.Apis[0].StartAsync();
    }
}
