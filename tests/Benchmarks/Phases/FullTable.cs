using OtpPipeline.Benchmarks.Reporting;
using OtpPipeline.Benchmarks.Running;
using OtpPipeline.Benchmarks.Seeding;

namespace OtpPipeline.Benchmarks.Phases;

/// <summary>Intake and verification again when a month of OTPs lies in the tables.</summary>
internal static class FullTable
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var pipeline = await bench.PipelineAsync(cancellationToken);
        var before = await SizeAsync(bench, cancellationToken);
        await SeedAsync(bench, new OtpSeeder(bench.Database, pipeline), cancellationToken);
        var size = (await SizeAsync(bench, cancellationToken) - before) / (double)bench.Lengths.Rows;
        bench.Report.Add(new("what a finished OTP keeps on disk", size, "bytes"));

        // What autovacuum would have done in a month; it must not start in the middle of the measurement.
        Console.WriteLine("  vacuum and analyze");
        await bench.Database.ExecuteAsync("VACUUM (ANALYZE)", cancellationToken);
        await bench.Database.ExecuteAsync("CHECKPOINT", cancellationToken);
        var with = $"with {bench.Lengths.Rows:#,##0} OTPs in the table";
        var (accepted, acceptedNote) = await Intake.MeasureAsync(bench.Lengths, pipeline, $"accepted OTPs {with}", cancellationToken);
        bench.Report.Add(new($"accepted OTPs, {with}", accepted, "1/s", bench.Report.ValueOf(Intake.Name), Goal.Ratio(0.90), acceptedNote));
        await pipeline.DrainAsync(cancellationToken);
        var (verified, verifiedNote) = await Verification.MeasureAsync(bench, pipeline, $"verifications {with}", cancellationToken);
        bench.Report.Add(
            new($"verified OTPs, {with}", verified, "1/s", bench.Report.ValueOf(Verification.Name), Goal.Ratio(0.90), verifiedNote));
    }

    /// <summary>Tables and their indexes.</summary>
    private static async Task<long> SizeAsync(Bench bench, CancellationToken cancellationToken)
    {
        await using var size = bench.Database.CreateCommand("SELECT pg_database_size(current_database())");
        return (long)(await size.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task SeedAsync(Bench bench, OtpSeeder seeder, CancellationToken cancellationToken)
    {
        var rows = bench.Lengths.Rows;
        Console.WriteLine($"  putting {rows:#,##0} finished OTPs into the tables");
        var start = TimeProvider.System.GetTimestamp();
        var said = TimeSpan.Zero;
        await seeder.FinishedAsync(
            rows,
            done =>
            {
                if (TimeProvider.System.GetElapsedTime(start) - said > Heartbeat)
                {
                    said = TimeProvider.System.GetElapsedTime(start);
                    Console.WriteLine($"    {done:#,##0} after {said.TotalSeconds:0} s");
                }
            },
            cancellationToken);
    }
}
