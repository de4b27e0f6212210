using OtpPipeline.Benchmarks.Load;
using OtpPipeline.Benchmarks.Reporting;

namespace OtpPipeline.Benchmarks.Phases;

/// <summary>Intake and verification with one, two, four and eight processes of each kind on one PostgreSQL.</summary>
internal static class Scale
{
    private static readonly int[] Processes = [1, 2, 4, 8];

    public static async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var pipeline = await bench.PipelineAsync(cancellationToken);
        foreach (var processes in Processes)
        {
            Console.WriteLine($"  {processes} of each kind");
            await pipeline.ResizeAsync(processes, cancellationToken);
            await Intake.WarmUpAsync(bench.Lengths.FirstWarmUp / 2, pipeline, cancellationToken);
            var with = $", {processes} of each kind";
            await WatchAsync(
                bench, Intake.Name + with,
                () => Intake.MeasureAsync(bench, pipeline, Intake.Name + with, Intake.Delivered + with, cancellationToken));
            await WatchAsync(
                bench, Verification.Name + with,
                () => Verification.MeasureAsync(
                    bench, pipeline, Verification.Name + with, Verification.Verified + with, cancellationToken));
        }
    }

    private static async Task WatchAsync(Bench bench, string name, Func<Task<(double Rate, Figure Time, string? Note)>> measureAsync)
    {
        await using var sessions = new SessionWatch(bench.Database);
        var (rate, time, note) = await measureAsync();
        bench.Report.Add(new(name, rate, "1/s", Note: note));
        bench.Report.Add(time);
        foreach (var figure in await sessions.StopAsync(name))
        {
            bench.Report.Add(figure);
        }
    }
}
