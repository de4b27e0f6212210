using OtpPipeline.Benchmarks.Load;
using OtpPipeline.Benchmarks.Reporting;
using OtpPipeline.Benchmarks.Running;
using OtpPipeline.Benchmarks.Seeding;

namespace OtpPipeline.Benchmarks.Phases;

/// <summary>POST /otp/{otpId} with the right PIN from 64 connections, each OTP once.</summary>
internal static class Verification
{
    public const string Name = "verified OTPs";

    public static async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var pipeline = await bench.PipelineAsync(cancellationToken);
        var (rate, note) = await MeasureAsync(bench, pipeline, "verifications from 64 connections", cancellationToken);
        bench.Report.Add(new(Name, rate, "1/s", bench.Report.ValueOf(RawCommits.Name), Goal.Ratio(0.30), note));
    }

    /// <summary>Right PINs verified a second, and what went wrong.</summary>
    public static async Task<(double Rate, string? Note)> MeasureAsync(
        Bench bench, Pipeline pipeline, string what, CancellationToken cancellationToken)
    {
        Console.WriteLine($"  putting {bench.Lengths.Pending:#,##0} delivered OTPs into the tables");
        var waiting = await new OtpSeeder(bench.Database, pipeline).PendingAsync(bench.Lengths.Pending, cancellationToken);
        var next = -1;
        await using var callers = await Callers.StartAsync(
            pipeline.Api.Address,
            () =>
            {
                var request = new VerifyRequest(pipeline.Api.Address, pipeline.Key);
                return async (wire, _) =>
                {
                    var i = Interlocked.Increment(ref next);
                    return i < waiting.Count
                        ? await wire.CallAsync(request.From(waiting[i].OtpId, waiting[i].Pin)) == 200
                        : throw new BenchException("no OTP was left to verify");
                };
            },
            cancellationToken);
        var rate = await Gauge.RateAsync(what, bench.Lengths, () => callers.Succeeded, cancellationToken);
        return (rate, await callers.StopAsync());
    }
}
