using System.Diagnostics;
using OtpPipeline.Benchmarks.Load;
using OtpPipeline.Benchmarks.Processor;
using OtpPipeline.Benchmarks.Reporting;
using OtpPipeline.Benchmarks.Running;
using OtpPipeline.Benchmarks.Seeding;

namespace OtpPipeline.Benchmarks.Phases;

/// <summary>
/// Callbacks alone: OTPs are verified while no worker runs, so that their events wait on the bus; then the workers start and the
/// callbacks of that backlog are counted, without its first and last parts.
/// </summary>
internal static class Callbacks
{
    private const int Hosts = 64;
    private const double Skipped = 0.1;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var pipeline = await bench.PipelineAsync(cancellationToken);
        var bus = await bench.CeilingAsync(RawBus.Ceiling, cancellationToken);
        var count = bench.Arguments.Lengths.Pending / 4;
        await using var receiver = await CallbackReceiver.StartAsync(Hosts, cancellationToken);
        Console.WriteLine($"  {count:#,##0} OTPs are verified while the workers are stopped");
        await pipeline.StopWorkersAsync();
        var waiting = await new OtpSeeder(bench.Database, pipeline, receiver.Bases).PendingAsync(count, cancellationToken);
        await Verification.VerifyAllAsync(pipeline, waiting, cancellationToken);
        await pipeline.RestartWorkersAsync(cancellationToken);
        var (rate, note) = await CountAsync(receiver, count, cancellationToken);
        await receiver.SettleAsync(cancellationToken);
        bench.Report.Add(new("callbacks", rate, "1/s", bus, Note: note));
        if (rate is not null)
        {
            await MeasureTimeAsync(bench, pipeline, receiver, bench.Lengths.Warm().Pending / 4, cancellationToken);
        }
    }

    /// <summary>
    /// Processor time of an OTP that is verified and called back, while the workers run: after the backlog they are warm.
    /// </summary>
    private static async Task MeasureTimeAsync(
        Bench bench, Pipeline pipeline, CallbackReceiver receiver, int count, CancellationToken cancellationToken)
    {
        var waiting = await new OtpSeeder(bench.Database, pipeline, receiver.Bases).PendingAsync(count, cancellationToken);
        await bench.VacuumAsync(cancellationToken);
        var (meter, before, start) = (ProcessorMeter.Start(bench), receiver.Count, Stopwatch.StartNew());
        await Verification.VerifyAllAsync(pipeline, waiting, cancellationToken);
        while (receiver.Count - before < count && start.Elapsed < Longest)
        {
            await Task.Delay(20, cancellationToken);
        }

        var missing = count - (receiver.Count - before);
        await pipeline.DrainAsync(cancellationToken);
        bench.Report.Add(meter.PerOtp("verified and called back", count) with
        {
            Note = missing > 0 ? $"{missing:#,##0} of {count:#,##0} callbacks did not come within {Longest.TotalSeconds:0} s" : null,
        });
    }

    private static async Task<(double? Rate, string? Note)> CountAsync(
        CallbackReceiver receiver, int all, CancellationToken cancellationToken)
    {
        var (first, last) = ((long)(all * Skipped), (long)(all * (1 - Skipped)));
        var (start, said) = (Stopwatch.StartNew(), TimeSpan.Zero);
        (TimeSpan At, long Count)? begin = null;
        while (receiver.Count < last && start.Elapsed < Longest)
        {
            if (receiver.Count == 0 && start.Elapsed > Patience)
            {
                return (null, "NOT THERE YET: no callback arrived within 10 s");
            }

            if (begin is null && receiver.Count >= first)
            {
                begin = (start.Elapsed, receiver.Count);
            }

            if (start.Elapsed - said > TimeSpan.FromSeconds(5))
            {
                said = start.Elapsed;
                Console.WriteLine($"    {receiver.Count:#,##0} callbacks after {said.TotalSeconds:0} s");
            }

            await Task.Delay(5, cancellationToken);
        }

        if (begin is not { } from)
        {
            return (
                receiver.Count / start.Elapsed.TotalSeconds,
                $"only {receiver.Count:#,##0} of {all:#,##0} came within {Longest.TotalSeconds:0} s");
        }

        var rate = (receiver.Count - from.Count) / (start.Elapsed - from.At).TotalSeconds;
        return (rate, receiver.Count < last ? $"only {receiver.Count:#,##0} of {all:#,##0} came within {Longest.TotalSeconds:0} s" : null);
    }
}
