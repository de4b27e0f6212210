using OtpPipeline.Benchmarks.Load;
using OtpPipeline.Benchmarks.Processor;
using OtpPipeline.Benchmarks.Reporting;
using OtpPipeline.Benchmarks.Running;
using OtpPipeline.Benchmarks.Seeding;

namespace OtpPipeline.Benchmarks.Phases;

/// <summary>OTPs that expire within one second, each at its own moment, while others are verified as fast as the Api answers.</summary>
/// <param name="bench">The bench.</param>
/// <param name="pipeline">The hosts.</param>
internal sealed class Expiry(Bench bench, Pipeline pipeline)
{
    private const int Few = 500;
    private const double MostOfFew = 2_000;
    private const double Most = 10_000;
    private const double LeastOfOthers = 0.5;
    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BeforeIt = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LongestOfFew = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Reserve = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    private long _late;

    public static async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var pipeline = await bench.PipelineAsync(cancellationToken);
        var expiry = new Expiry(bench, pipeline);
        for (bench.Round = 1; bench.Round <= bench.Arguments.Rounds; bench.Round++)
        {
            await expiry.RunRoundAsync(cancellationToken);
        }

        bench.Report.Add(new("OTPs verified late, of all rounds", expiry._late, "OTPs", Goal: Goal.AtMost(0)));
    }

    private async Task RunRoundAsync(CancellationToken cancellationToken)
    {
        var clock = await DatabaseClock.ReadAsync(bench.Database, cancellationToken);
        var (count, start) = (bench.Lengths.Expiring, clock.Now);
        var valid = bench.Lengths.Pending + count;
        Console.WriteLine($"  putting {valid:#,##0} OTPs that stay valid into the tables, and {count:#,##0} that expire in one second");
        var seeder = new OtpSeeder(bench.Database, pipeline);
        var others = await seeder.PendingAsync(valid, cancellationToken);
        await bench.VacuumAsync(cancellationToken);

        // Those that expire are fewer, so they are in the tables before this moment.
        var took = clock.Now - start + Reserve;
        var load = clock.Now + took;
        var firstEnd = load + bench.Lengths.WarmUp + BeforeIt;
        var secondEnd = firstEnd + LongestOfFew + BeforeIt;
        var few = await seeder.ExpiringAsync(Few, firstEnd, Spread, cancellationToken);
        var many = await seeder.ExpiringAsync(count, secondEnd, Spread, cancellationToken);
        await bench.VacuumAsync(cancellationToken);
        await UntilAsync(load, clock, cancellationToken);
        await using var callers = await Verification.StartAsync(pipeline, others, cancellationToken);
        Report(await MeasureAsync(few, callers, LongestOfFew, cancellationToken), MostOfFew);
        var end = await MeasureAsync(many, callers, Longest, cancellationToken);
        Report(end, Most);
        var failure = await callers.StopAsync();
        var note = callers.Succeeded >= valid ? "no OTP was left to be verified" : failure;
        bench.Report.Add(new(
            $"verified OTPs while {count:#,##0} others expire", end.During, "1/s", end.Before, Goal.Ratio(LeastOfOthers), note));
        await pipeline.DrainAsync(cancellationToken);
        await MeasureTimeAsync(seeder, took, cancellationToken);
    }

    /// <summary>Processor time of an OTP that expires, until its event is published, while nobody verifies.</summary>
    private async Task MeasureTimeAsync(OtpSeeder seeder, TimeSpan enough, CancellationToken cancellationToken)
    {
        var clock = await DatabaseClock.ReadAsync(bench.Database, cancellationToken);
        var first = clock.Now + enough;
        var otps = await seeder.ExpiringAsync(bench.Lengths.Expiring, first, Spread, cancellationToken);
        await bench.VacuumAsync(cancellationToken);
        await UntilAsync(first, clock, cancellationToken);
        var meter = ProcessorMeter.Start(bench);
        await clock.UntilAsync(otps[^1].ExpiresAt, cancellationToken);
        while (await bench.Database.AnyAsync($"otp_pins WHERE valid_until <= '{otps[^1].ExpiresAt:O}'", cancellationToken))
        {
            await Task.Delay(Look, cancellationToken);
        }

        await pipeline.DrainAsync(cancellationToken);
        bench.Report.Add(meter.PerOtp("expired", otps.Count));
    }

    /// <summary>Waits for a moment that must not have passed.</summary>
    private static Task UntilAsync(DateTime moment, DatabaseClock clock, CancellationToken cancellationToken) => clock.Now > moment
        ? throw new BenchException("The OTPs that expire were not in the tables in time; give the bench a quieter machine.")
        : clock.UntilAsync(moment, cancellationToken);

    /// <summary>From <see cref="BeforeIt"/> before the first OTP expires to the event of the last one.</summary>
    private async Task<End> MeasureAsync(
        List<ExpiringOtp> otps, Callers others, TimeSpan longest, CancellationToken cancellationToken)
    {
        var clock = await DatabaseClock.ReadAsync(bench.Database, cancellationToken);
        var first = otps[0].ExpiresAt;
        await using var events = await ExpiredEvents.SubscribeAsync(
            bench.Arguments.RabbitMq, pipeline, otps.Select(o => o.OtpId).ToHashSet(), cancellationToken);
        await using var guesses = await LastGuesses.StartAsync(pipeline, clock, otps, cancellationToken);
        await clock.UntilAsync(first - BeforeIt, cancellationToken);
        var (from, verified) = (clock.Now, others.Succeeded);
        await clock.UntilAsync(first, cancellationToken);
        var before = (others.Succeeded - verified) / (clock.Now - from).TotalSeconds;
        Console.WriteLine($"  {otps.Count:#,##0} OTPs expire from now on; {before:#,##0} others are verified a second");
        (from, verified) = (clock.Now, others.Succeeded);
        while (!(guesses.AreOver && events.Count + guesses.Verified.Count >= otps.Count) && clock.Now - from < longest)
        {
            await Task.Delay(Tick, cancellationToken);
        }

        var during = (others.Succeeded - verified) / (clock.Now - from).TotalSeconds;
        var failure = await guesses.StopAsync();
        var written = await ReadWrittenAsync(otps, guesses, cancellationToken);
        var arrived = otps.Where(o => events.Arrivals.ContainsKey(o.OtpId))
            .Select(o => (clock.At(events.Arrivals[o.OtpId]) - o.ExpiresAt).TotalMilliseconds).Order().ToList();
        var missing = otps.Count - guesses.Verified.Count - arrived.Count;
        var note = missing > 0 ? $"{missing:#,##0} events did not come within {longest.TotalSeconds:0} s" : failure;
        return new(
            otps.Count, before, during, written, arrived,
            note ?? $"{guesses.Verified.Count:#,##0} of {guesses.Count:#,##0} guesses around the end came in time");
    }

    /// <summary>Milliseconds from the end of each expired OTP to its written status; counts what was verified late.</summary>
    private async Task<List<double>> ReadWrittenAsync(
        List<ExpiringOtp> otps, LastGuesses guesses, CancellationToken cancellationToken)
    {
        await using var late = bench.Database.CreateCommand(
            """
            SELECT count(*) FROM otps
            WHERE (id = ANY ($1) AND status = 'VERIFIED' AND final_at >= expires_at) OR (id = ANY ($2) AND status <> 'VERIFIED')
            """);
        late.Parameters.Add(new() { Value = otps.Select(o => o.OtpId).ToArray() });
        late.Parameters.Add(new() { Value = guesses.Verified.ToArray() });
        _late += (long)(await late.ExecuteScalarAsync(cancellationToken))!;

        await using var read = bench.Database.CreateCommand(
            "SELECT extract(epoch FROM final_at - expires_at)::float8 * 1000 FROM otps WHERE id = ANY ($1) AND status = 'EXPIRED'");
        read.Parameters.Add(new() { Value = otps.Select(o => o.OtpId).ToArray() });
        var written = new List<double>(otps.Count);
        await using var reader = await read.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            written.Add(reader.GetDouble(0));
        }

        written.Sort();
        return written;
    }

    private void Report(End end, double most)
    {
        var of = $"{end.Count:#,##0} OTPs that end in one second";
        bench.Report.Add(new($"{of}: status written, median", At(end.Written, 0.5), "ms"));
        bench.Report.Add(new($"{of}: status written, last", At(end.Written, 1), "ms"));
        bench.Report.Add(new($"{of}: event, median", At(end.Arrived, 0.5), "ms"));
        bench.Report.Add(new($"{of}: event, last", At(end.Arrived, 1), "ms", Goal: Goal.AtMost(most), Note: end.Note));
    }

    private static double? At(List<double> sorted, double part) => sorted.Count == 0 ? null : sorted[(int)(part * (sorted.Count - 1))];

    /// <summary>How OTPs ended.</summary>
    /// <param name="Count">OTPs.</param>
    /// <param name="Before">Others that were verified a second before it.</param>
    /// <param name="During">The same until the last event.</param>
    /// <param name="Written">Sorted milliseconds from due to the status.</param>
    /// <param name="Arrived">Sorted milliseconds from due to the event.</param>
    /// <param name="Note">What a reader must know.</param>
    private sealed record End(int Count, double Before, double During, List<double> Written, List<double> Arrived, string? Note);
}
