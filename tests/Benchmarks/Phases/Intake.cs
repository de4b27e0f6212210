using OtpPipeline.Benchmarks.Load;
using OtpPipeline.Benchmarks.Reporting;
using OtpPipeline.Benchmarks.Running;

namespace OtpPipeline.Benchmarks.Phases;

/// <summary>POST /otp from 64 connections, each recipient another one, while the workers deliver.</summary>
internal static class Intake
{
    public const string Name = "accepted OTPs";

    public static async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var pipeline = await bench.PipelineAsync(cancellationToken);
        var lengths = bench.Lengths with { WarmUp = bench.Lengths.FirstWarmUp };
        var (rate, note) = await MeasureAsync(lengths, pipeline, "accepted OTPs from 64 connections", cancellationToken);
        bench.Report.Add(new(Name, rate, "1/s", bench.Report.ValueOf(RawCommits.Name), Goal.Ratio(0.20), note));
        bench.Report.Add(new("accepted OTPs, of the empty POST", rate, "1/s", bench.Report.ValueOf(RawHttp.Name)));
        await pipeline.DrainAsync(cancellationToken);
    }

    /// <summary>Requests accepted a second, and what went wrong.</summary>
    public static async Task<(double Rate, string? Note)> MeasureAsync(
        Lengths lengths, Pipeline pipeline, string what, CancellationToken cancellationToken)
    {
        await using var callers = await Callers.StartAsync(
            pipeline.Api.Address,
            () =>
            {
                var request = new IntakeRequest(pipeline.Api.Address, pipeline.Key);
                return async (wire, _) => await wire.CallAsync(request.Next(out var _)) == 201;
            },
            cancellationToken);
        var rate = await Gauge.RateAsync(what, lengths, () => callers.Succeeded, cancellationToken);
        return (rate, await callers.StopAsync());
    }
}
