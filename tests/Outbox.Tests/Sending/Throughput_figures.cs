using System.Diagnostics;
using OtpPipeline.Outbox.Tests.Support;

namespace OtpPipeline.Outbox.Tests.Sending;

/// <summary>Orders of magnitude for whoever reads the output; only arrival is asserted, for a shared machine promises no speed.</summary>
public sealed class Throughput_figures(ITestOutputHelper output) : OutboxSpec
{
    private const int Count = 10_000;

    [Fact]
    public async Task From_memory_and_swept()
    {
        var settings = new { Lease = "00:00:30", PublishTimeout = "00:00:05" };
        var dead = DeadProcess(settings);
        var left = dead.Pings(Count);
        await dead.CommitAsync(left);
        var process = await StartProcess(settings);
        await process.CommitAndDispatchAsync(process.Pings(1));
        await EverythingArrives(1);

        var watch = Stopwatch.StartNew();
        for (var i = 0; i < Count; i += 200)
        {
            await process.CommitAndDispatchAsync(process.Pings(200));
        }

        await Eventually.Until(async () => await Database.RowsAsync() == Count, "the dispatcher to finish");
        output.WriteLine($"from memory: {Count / watch.Elapsed.TotalSeconds:N0} messages/s from commit to delete");

        await dead.Store.ReleaseAsync(left.Messages[0].LeaseId!.Value, [.. left.Messages.Select(m => m.Id)], TimeSpan.Zero, default);
        watch.Restart();
        process.Outbox.Wake();
        await TheTableIsEmpty();
        output.WriteLine($"swept: {Count / watch.Elapsed.TotalSeconds:N0} messages/s");
        await EverythingArrives((2 * Count) + 1);
    }
}
