using System.Collections.Concurrent;
using System.Diagnostics;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

public sealed class A_provider_that_is_slow
{
    [Fact]
    public async Task Does_not_lower_the_accepted_rate()
    {
        var span = TimeSpan.FromSeconds(Load.Scale(5, 20));
        var quick = await AcceptedAsync("00:00:00", span);
        var slow = await AcceptedAsync("00:00:00.2", span);

        Figures.Print("Accepted OTPs per second, provider of 0 ms", $"{quick / span.TotalSeconds:0}");
        Figures.Print("Accepted OTPs per second, provider of 200 ms", $"{slow / span.TotalSeconds:0}");

        // Deliveries compete for the same two cores, so the slow provider may even let more in; half would mean that intake waits.
        slow.ShouldBeGreaterThan(quick * 6 / 10);
    }

    [Fact]
    public async Task Or_hangs_costs_other_channels_nothing()
    {
        await using var pipeline = await RunningPipeline.StartAsync(new()
        {
            Settings = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["Deliveries:Channels:sms:Concurrency"] = "4",
                ["Deliveries:Channels:sms:Prefetch"] = "4",
            },
        });

        // More than sms can hold at once, each for the whole of its time-out.
        var hanging = await Load.RunAsync(40, 20, _ => pipeline.RequestAsync(new { channel = "sms", phoneNumber = Recipients.Hanging }));
        await Eventually.Until(async () => (await pipeline.Database.DeliveriesAsync(hanging)).Count(d => d.Status == "SENDING") == 4, "sms is full");
        var watch = Stopwatch.StartNew();
        await Load.RunAsync(50, 10, async _ =>
        {
            var email = Recipients.NextEmail();
            await pipeline.RequestAsync(new { channel = "email", email });
            return await pipeline.Sandbox.PinAsync(email, TimeSpan.FromSeconds(5));
        });

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(8));
        (await pipeline.Database.DeliveriesAsync(hanging)).Count(d => d.Status == "QUEUED").ShouldBeGreaterThan(20);
    }

    private static async Task<int> AcceptedAsync(string latency, TimeSpan span)
    {
        await using var pipeline = await RunningPipeline.StartAsync(new()
        {
            Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["Sandbox:Latency"] = latency },
        });
        await pipeline.WithRequestedOtpsAsync(500);
        var accepted = new ConcurrentDictionary<Guid, string>();
        await using (Load.OfRequests(pipeline, 32, accepted))
        {
            await Task.Delay(span);
        }

        return accepted.Count;
    }
}
