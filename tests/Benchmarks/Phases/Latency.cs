using System.Collections.Concurrent;
using OtpPipeline.Benchmarks.Load;
using OtpPipeline.Benchmarks.Reporting;

namespace OtpPipeline.Benchmarks.Phases;

/// <summary>Milliseconds from the 201 at the caller to the provider's call, at half the rate that the intake can take.</summary>
internal static class Latency
{
    private const string Name = "from 201 to the provider at half load";
    private const double Most = 50;
    private const double Stall = 150;

    public static async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var pipeline = await bench.PipelineAsync(cancellationToken);
        var rate = bench.Report.ValueOf(Intake.Name)!.Value / 2;
        var answered = new ConcurrentDictionary<int, DateTimeOffset>();
        var sent = new ConcurrentDictionary<int, DateTimeOffset>();
        var last = 0;
        int first;
        string? note;
        await using (new MessageWatch(bench, pipeline, message => sent[message.Number] = message.SentAt))
        {
            await using var pacer = new Pacer(rate);
            await using var callers = await Callers.StartAsync(
                pipeline.Api.Address,
                () =>
                {
                    var request = new IntakeRequest(pipeline.Api.Address, pipeline.Key);
                    return async (wire, stopping) =>
                    {
                        await pacer.TakeAsync(stopping);
                        var accepted = await wire.CallAsync(request.Next(out var number)) == 201;
                        answered[number] = TimeProvider.System.GetUtcNow();
                        last = number;
                        return accepted;
                    };
                },
                cancellationToken);
            Console.WriteLine($"  from 201 to the provider at {rate:#,##0} OTPs a second");
            await Task.Delay(bench.Lengths.WarmUp, cancellationToken);
            first = last;
            var reached = await Gauge.RateAsync(
                "half load", bench.Lengths with { WarmUp = TimeSpan.Zero }, () => callers.Succeeded, cancellationToken);
            note = await callers.StopAsync();
            note ??= reached < rate * 0.95 ? $"only {reached:#,##0} OTPs a second could be requested" : null;
            await pipeline.DrainAsync(cancellationToken);
            await Task.Delay(500, cancellationToken);
        }

        var waits = answered.Where(a => a.Key > first && sent.ContainsKey(a.Key)).Select(a => Milliseconds(a.Value, sent[a.Key])).Order()
            .ToList();
        var missing = answered.Count(a => a.Key > first) - waits.Count;
        note ??= missing > 0 ? $"{missing:#,##0} of {waits.Count + missing:#,##0} messages were not seen" : null;
        bench.Report.Add(new($"{Name}, p50", At(waits, 0.50), "ms"));
        bench.Report.Add(new($"{Name}, p99", At(waits, 0.99), "ms", Goal: Goal.AtMost(Most), Note: note));
        bench.Report.Add(new($"{Name}, p99.9", At(waits, 0.999), "ms"));
        bench.Report.Add(new($"{Name}, above {Stall:0} ms", waits.Count(w => w > Stall), "OTPs"));
    }

    // The provider's moment is known to the millisecond only; a message can leave before its 201 has reached the caller.
    private static double Milliseconds(DateTimeOffset answered, DateTimeOffset sent) =>
        Math.Max(0, sent.ToUnixTimeMilliseconds() - answered.ToUnixTimeMilliseconds());

    private static double? At(List<double> sorted, double part) => sorted.Count == 0 ? null : sorted[(int)(part * (sorted.Count - 1))];
}
