using System.Diagnostics;

namespace OtpPipeline.Benchmarks.Load;

/// <summary>Measures a count that something else raises: first a warm-up, then a fixed time, with a line every few seconds.</summary>
internal static class Gauge
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    /// <summary>The mean rate a second over the measured time.</summary>
    public static async Task<double> RateAsync(string what, Lengths lengths, Func<long> count, CancellationToken cancellationToken)
    {
        Console.WriteLine($"  {what}: {lengths.WarmUp.TotalSeconds:0} s to warm up, {lengths.Measured.TotalSeconds:0} s measured");
        await Task.Delay(lengths.WarmUp, cancellationToken);
        var (before, watch, said) = (count(), Stopwatch.StartNew(), TimeSpan.Zero);
        while (watch.Elapsed < lengths.Measured)
        {
            await Task.Delay(Tick, cancellationToken);
            if (watch.Elapsed - said >= Heartbeat)
            {
                said = watch.Elapsed;
                Console.WriteLine($"    {(count() - before) / said.TotalSeconds:#,##0}/s after {said.TotalSeconds:0} s");
            }
        }

        return (count() - before) / watch.Elapsed.TotalSeconds;
    }
}
