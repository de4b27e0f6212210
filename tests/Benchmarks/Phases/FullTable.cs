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
        await bench.VacuumAsync(cancellationToken);
        var with = $"with {bench.Lengths.Rows:#,##0} OTPs in the table";
        for (bench.Round = 1; bench.Round <= bench.Arguments.Rounds; bench.Round++)
        {
            await MeasureAsync(bench, pipeline, with, cancellationToken);
        }
    }

    private static async Task MeasureAsync(Bench bench, Pipeline pipeline, string with, CancellationToken cancellationToken)
    {
        await Intake.WarmUpAsync(bench.Lengths.WarmUp, pipeline, cancellationToken);
        var (accepted, time, note) = await Intake.MeasureAsync(
            bench, pipeline, $"{Intake.Name}, {with}", $"{Intake.Delivered}, {with}", cancellationToken);
        bench.Report.Add(new($"{Intake.Name}, {with}", accepted, "1/s", bench.Report.ValueOf(Intake.Name), Goal.Ratio(0.90), note));
        bench.Report.Add(time with { Ceiling = bench.Report.ValueOf(Intake.Delivered) });
        var (verified, verifiedTime, verifiedNote) = await Verification.MeasureAsync(
            bench, pipeline, $"{Verification.Name}, {with}", $"{Verification.Verified}, {with}", cancellationToken);
        bench.Report.Add(
            new($"{Verification.Name}, {with}", verified, "1/s", bench.Report.ValueOf(Verification.Name), Goal.Ratio(0.90), verifiedNote));
        bench.Report.Add(verifiedTime with { Ceiling = bench.Report.ValueOf(Verification.Verified) });
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
