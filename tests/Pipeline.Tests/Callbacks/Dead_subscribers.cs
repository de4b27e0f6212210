using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Callbacks;

/// <summary>A thousand hosts that take a connection and never answer, beside one that does.</summary>
public sealed class Dead_subscribers
{
    private const int Dead = 1000;

    [Fact]
    public async Task Delay_nobody_else()
    {
        await using var pipeline = await RunningPipeline.StartAsync(new()
        {
            Settings = new Dictionary<string, string>(CallbackPipeline.ToThisMachine, StringComparer.Ordinal)
            {
                ["Callbacks:Timeout"] = "00:01:00",
                ["Callbacks:Lease"] = "00:02:00",
            },
        });
        await using var subscriber = await Subscriber.StartAsync();
        using var dead = new DeadHosts();
        await EndAsync(pipeline, dead.Url, Dead, 32);
        await Eventually.Until(() => dead.Connections >= Dead, "each dead host holds a request", TimeSpan.FromSeconds(60));

        // A host that this worker never called, while all the others hang, and a stream of further calls to the dead ones.
        var more = EndAsync(pipeline, dead.Url, Dead, 4);
        var healthy = await EndAsync(pipeline, _ => subscriber.Url("/good"), Load.Scale(400, 4000), 8);
        await more;
        var callbacks = await subscriber.UntilAsync("/good", healthy.Length, TimeSpan.FromSeconds(60));

        var ends = (await pipeline.Database.OtpsAsync(healthy)).ToDictionary(o => o.Id, o => o.FinalAt!.Value);
        var latencies = callbacks.DistinctBy(c => c.OtpId).Select(c => (c.ArrivedAt - ends[c.OtpId]).TotalMilliseconds).Order().ToList();
        latencies.Count.ShouldBe(healthy.Length);
        var (p50, p99) = (latencies[latencies.Count / 2], latencies[latencies.Count * 99 / 100]);
        Figures.Print(
            $"Callbacks to a healthy subscriber beside {Dead} dead ones, from the change to its arrival",
            $"p50 {p50:0} ms, p99 {p99:0} ms of {latencies.Count}");
        // All of them before the time of a single dead one ran out.
        (await pipeline.Database.CountAsync("callbacks WHERE status = 'PENDING' AND attempts = 0 AND otp_id <> ALL ($1)", healthy))
            .ShouldBe(2 * Dead);
    }

    private static Task<Guid[]> EndAsync(RunningPipeline pipeline, Func<int, string> url, int count, int concurrency) =>
        Load.RunAsync(count, concurrency, async i =>
    {
        var otpId = await pipeline.RequestAsync(new { phoneNumber = Recipients.Next(), otpCallbackUrl = url(i) });
        (await pipeline.Client.CancelAsync(otpId)).Status.ShouldBe(200);
        return otpId;
    });
}
