using System.Collections.Concurrent;
using System.Diagnostics;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

[Collection(nameof(Alone))]
public sealed class A_provider_that_is_slow(ImpatientPipeline impatient)
{
    [Fact]
    public async Task Does_not_lower_the_accepted_rate()
    {
        var span = TimeSpan.FromSeconds(Load.Scale(5, 20));

        // Its own: it leaves thousands of OTPs behind that nobody has delivered yet.
        await using var pipeline = await RunningPipeline.StartAsync(new() { Settings = HostSettings.ShortLease });
        var worker = await pipeline.WithOneWorkerAsync();
        var quick = await AcceptedAsync(pipeline, span);
        await worker.StopAsync();
        var farAway = await pipeline.StartWorkerAsync("Sandbox:Latency", "00:00:00.2");
        var slow = await AcceptedAsync(pipeline, span);
        await farAway.StopAsync();

        Figures.Print("Accepted OTPs per second, provider of 0 ms", $"{quick / span.TotalSeconds:0}");
        Figures.Print("Accepted OTPs per second, provider of 200 ms", $"{slow / span.TotalSeconds:0}");

        // Deliveries compete for the same two cores, so the slow provider may even let more in; half would mean that intake waits.
        slow.ShouldBeGreaterThan(quick * 6 / 10);
    }

    [Fact]
    public async Task Or_hangs_costs_other_channels_nothing()
    {
        var pipeline = await impatient.GetAsync();
        await pipeline.WithOneWorkerAsync();

        // More than ussd can hold at once, each for the whole of its time-out.
        var hanging = await Load.RunAsync(40, 20, _ => pipeline.RequestAsync(new { channel = "ussd", phoneNumber = Recipients.Hanging }));
        await Eventually.Until(
            async () => (await pipeline.Database.DeliveriesAsync(hanging)).Count(d => d.Status == "SENDING") == 4, "ussd is full");
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

    private static async Task<int> AcceptedAsync(RunningPipeline pipeline, TimeSpan span)
    {
        await pipeline.WithRequestedOtpsAsync(500);
        var accepted = new ConcurrentDictionary<Guid, string>();
        await using (Load.OfRequests(pipeline, 32, accepted))
        {
            await Task.Delay(span);
        }

        return accepted.Count;
    }
}
