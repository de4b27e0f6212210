using OtpPipeline.Benchmarks.Load;
using OtpPipeline.Benchmarks.Processor;
using OtpPipeline.Benchmarks.Reporting;
using OtpPipeline.Benchmarks.Running;

namespace OtpPipeline.Benchmarks.Phases;

/// <summary>POST /otp from 64 connections, each recipient another one, while the workers deliver.</summary>
internal static class Intake
{
    public const string Name = "accepted OTPs";
    public const string Delivered = "accepted and delivered";

    public static async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var pipeline = await bench.PipelineAsync(cancellationToken);
        var commits = await bench.CeilingAsync(RawCommits.Ceiling, cancellationToken);
        var http = await bench.CeilingAsync(RawHttp.Ceiling, cancellationToken);
        await WarmUpAsync(bench.Lengths.FirstWarmUp, pipeline, cancellationToken);
        var (rate, time, note) = await MeasureAsync(bench, pipeline, Name, Delivered, cancellationToken);
        bench.Report.Add(new(Name, rate, "1/s", commits, Goal.Ratio(0.20), note));
        bench.Report.Add(new("accepted OTPs, of the empty POST", rate, "1/s", http));
        bench.Report.Add(time with { Goal = Goal.AtMost(400) });
    }

    /// <summary>The workers are stopped, so the Api has the machine for itself; then they deliver the backlog.</summary>
    public static async Task RunAloneAsync(Bench bench, CancellationToken cancellationToken)
    {
        const string Alone = "accepted OTPs, workers stopped";
        var pipeline = await bench.PipelineAsync(cancellationToken);
        await pipeline.StopWorkersAsync();
        var commits = await bench.CeilingAsync(RawCommits.Ceiling, cancellationToken);
        await using var callers = await StartAsync(pipeline, cancellationToken);
        await Task.Delay(bench.Lengths.WarmUp, cancellationToken);
        var (meter, before) = (ProcessorMeter.Start(bench), callers.Succeeded);
        var rate = await Gauge.RateAsync(Alone, bench.Lengths.Warm(), () => callers.Succeeded, cancellationToken);
        var note = await callers.StopAsync();
        bench.Report.Add(new(Alone, rate, "1/s", commits, Goal.Ratio(0.40), note));
        bench.Report.Add(meter.PerOtp("accepted, workers stopped", callers.Succeeded - before));
        await pipeline.RestartWorkersAsync(cancellationToken);
        await pipeline.DrainAsync(cancellationToken);
    }

    /// <summary>From empty queues: requests accepted a second, and processor time until every one of them is delivered.</summary>
    public static async Task<(double Rate, Figure Time, string? Note)> MeasureAsync(
        Bench bench, Pipeline pipeline, string what, string delivered, CancellationToken cancellationToken)
    {
        await pipeline.DrainAsync(cancellationToken);
        var meter = ProcessorMeter.Start(bench);
        await using var callers = await StartAsync(pipeline, cancellationToken);
        var rate = await Gauge.RateAsync(what, bench.Lengths.Warm(), () => callers.Succeeded, cancellationToken);
        var note = await callers.StopAsync();
        await pipeline.DrainAsync(cancellationToken);
        return (rate, meter.PerOtp(delivered, callers.Succeeded), note);
    }

    /// <summary>Requests accepted a second while earlier ones are still being delivered.</summary>
    public static async Task<(double Rate, string? Note)> RateAsync(
        Bench bench, Pipeline pipeline, string what, CancellationToken cancellationToken)
    {
        await using var callers = await StartAsync(pipeline, cancellationToken);
        var rate = await Gauge.RateAsync(what, bench.Lengths, () => callers.Succeeded, cancellationToken);
        return (rate, await callers.StopAsync());
    }

    public static async Task WarmUpAsync(TimeSpan time, Pipeline pipeline, CancellationToken cancellationToken)
    {
        Console.WriteLine($"  {time.TotalSeconds:0} s of requests to warm up");
        await using var callers = await StartAsync(pipeline, cancellationToken);
        await Task.Delay(time, cancellationToken);
    }

    private static Task<Callers> StartAsync(Pipeline pipeline, CancellationToken cancellationToken) => Callers.StartAsync(
        pipeline.Addresses,
        address =>
        {
            var request = new IntakeRequest(address, pipeline.Key);
            return async (wire, _) => await wire.CallAsync(request.Next(out var _)) == 201;
        },
        cancellationToken);
}
