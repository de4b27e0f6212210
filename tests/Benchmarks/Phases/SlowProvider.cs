using OtpPipeline.Benchmarks.Reporting;
using OtpPipeline.Benchmarks.Running;

namespace OtpPipeline.Benchmarks.Phases;

/// <summary>
/// The intake again while the provider takes 200 ms for each message; then all that was accepted must still be delivered.
/// </summary>
internal static class SlowProvider
{
    private const string Latency = "00:00:00.2";

    public static async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var pipeline = await bench.PipelineAsync(cancellationToken);
        Console.WriteLine("  starting the workers again with a provider that takes 200 ms");
        await pipeline.RestartWorkersAsync(cancellationToken, ("Sandbox__Latency", Latency));
        var (rate, note) = await Intake.RateAsync(bench, pipeline, "accepted OTPs, provider of 200 ms", cancellationToken);
        bench.Report.Add(new("accepted OTPs, provider of 200 ms", rate, "1/s", bench.Report.ValueOf(Intake.Name), Goal.Ratio(0.90), note));

        // The backlog would take minutes at that pace, and whether anything is lost shows at any pace.
        Console.WriteLine("  starting the workers again without the 200 ms, to see that nothing is lost");
        await pipeline.RestartWorkersAsync(cancellationToken);
        await pipeline.DrainAsync(cancellationToken);
        var lost = await bench.Database.CountAsync(
            "otps o WHERE o.status = 'PENDING' AND NOT EXISTS (SELECT FROM deliveries d WHERE d.otp_id = o.id AND d.status = 'SENT')",
            cancellationToken);
        bench.Report.Add(new("accepted and never sent, provider of 200 ms", lost, "OTPs", Goal: Goal.AtMost(0)));
    }
}
