using OtpPipeline.Benchmarks.Reporting;

namespace OtpPipeline.Benchmarks.Phases;

/// <summary>What the hosts hold after the load, and what they held at most.</summary>
internal static class Memory
{
    private const double Most = 250;

    public static async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var pipeline = await bench.PipelineAsync(cancellationToken);
        bench.Report.Add(new("memory of Api, peak", pipeline.Api.Memory("VmHWM"), "MB", Goal: Goal.AtMost(Most)));
        bench.Report.Add(new("memory of Api, after the load", pipeline.Api.Memory("VmRSS"), "MB"));
        bench.Report.Add(new("memory of Workers, peak", pipeline.PeakOfWorkers, "MB", Goal: Goal.AtMost(Most)));
        bench.Report.Add(new("memory of Workers, after the load", pipeline.Workers.Memory("VmRSS"), "MB"));
    }
}
