using OtpPipeline.Benchmarks.Load;
using OtpPipeline.Benchmarks.Processor;
using OtpPipeline.Benchmarks.Reporting;
using OtpPipeline.Benchmarks.Running;
using OtpPipeline.Benchmarks.Seeding;

namespace OtpPipeline.Benchmarks.Phases;

/// <summary>POST /otp/{otpId} with the right PIN from 64 connections, each OTP once.</summary>
internal static class Verification
{
    public const string Name = "verified OTPs";
    public const string Verified = "verified";

    public static async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var pipeline = await bench.PipelineAsync(cancellationToken);
        var commits = await bench.CeilingAsync(RawCommits.Ceiling, cancellationToken);
        var (rate, time, note) = await MeasureAsync(bench, pipeline, Name, Verified, cancellationToken);
        bench.Report.Add(new(Name, rate, "1/s", commits, Goal.Ratio(0.55), note));
        bench.Report.Add(time with { Goal = Goal.AtMost(180) });
    }

    /// <summary>Right PINs verified a second, and processor time until all that follows is published.</summary>
    public static async Task<(double Rate, Figure Time, string? Note)> MeasureAsync(
        Bench bench, Pipeline pipeline, string what, string verified, CancellationToken cancellationToken)
    {
        Console.WriteLine($"  putting {bench.Lengths.Pending:#,##0} delivered OTPs into the tables");
        var waiting = await new OtpSeeder(bench.Database, pipeline).PendingAsync(bench.Lengths.Pending, cancellationToken);
        await bench.VacuumAsync(cancellationToken);
        await using var callers = await StartAsync(pipeline, waiting, cancellationToken);
        await Task.Delay(bench.Lengths.WarmUp, cancellationToken);
        var (meter, before) = (ProcessorMeter.Start(bench), callers.Succeeded);
        var rate = await Gauge.RateAsync(what, bench.Lengths.Warm(), () => callers.Succeeded, cancellationToken);
        var note = await callers.StopAsync();
        await pipeline.DrainAsync(cancellationToken);
        return (rate, meter.PerOtp(verified, callers.Succeeded - before), note);
    }

    /// <summary>Types in every PIN once, as fast as the Api answers; ends when all are verified.</summary>
    public static async Task VerifyAllAsync(Pipeline pipeline, List<DeliveredOtp> waiting, CancellationToken cancellationToken)
    {
        await using var callers = await StartAsync(pipeline, waiting, cancellationToken);
        while (callers.Succeeded < waiting.Count && !callers.HasFailed)
        {
            await Task.Delay(20, cancellationToken);
        }

        if (await callers.StopAsync() is { } failure)
        {
            throw new BenchException($"The waiting OTPs could not be verified: {failure}");
        }
    }

    /// <summary>Types in every PIN once, as fast as the Api answers; who is without one then waits.</summary>
    public static Task<Callers> StartAsync(Pipeline pipeline, List<DeliveredOtp> waiting, CancellationToken cancellationToken)
    {
        var next = -1;
        return Callers.StartAsync(
            pipeline.Addresses,
            address =>
            {
                var request = new VerifyRequest(address, pipeline.Key);
                return async (wire, stopping) =>
                {
                    var i = Interlocked.Increment(ref next);
                    if (i < waiting.Count)
                    {
                        return await wire.CallAsync(request.From(waiting[i].OtpId, waiting[i].Pin)) == 200;
                    }

                    // No OTP is left: this connection has nothing more to do.
                    await Task.Delay(Timeout.Infinite, stopping);
                    return true;
                };
            },
            cancellationToken);
    }
}
