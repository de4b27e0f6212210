using OtpPipeline.Benchmarks.Reporting;

namespace OtpPipeline.Benchmarks.Phases;

/// <summary>What the hosts hold after the load, and what they held at most.</summary>
internal static class Memory
{
    private const double Most = 300;

    public static async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var pipeline = await bench.PipelineAsync(cancellationToken);
        foreach (var (name, host) in new[] { ("Api", pipeline.Api), ("Workers", pipeline.Workers) })
        {
            bench.Report.Add(new($"memory of {name}, peak", host.Memory("VmHWM"), "MB", Goal: Goal.AtMost(Most)));
            bench.Report.Add(new($"memory of {name}, now", host.Memory("VmRSS"), "MB"));
        }
    }
}
