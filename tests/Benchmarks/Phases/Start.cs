using System.Diagnostics;
using System.Net.Sockets;
using OtpPipeline.Benchmarks.Load;
using OtpPipeline.Benchmarks.Processor;
using OtpPipeline.Benchmarks.Reporting;
using OtpPipeline.Benchmarks.Running;

namespace OtpPipeline.Benchmarks.Phases;

/// <summary>A further Api beside idle hosts: from its start to ready, and its first request.</summary>
internal static class Start
{
    private const double MostSeconds = 3;
    private const double MostMilliseconds = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var pipeline = await bench.PipelineAsync(cancellationToken);
        await pipeline.DrainAsync(cancellationToken);
        await MeasureAsync(bench, pipeline, "the Api as built", pipeline.Program("api"), goals: false, cancellationToken);
        if (bench.Arguments.ApiAhead is { } ahead)
        {
            await MeasureAsync(bench, pipeline, "the Api as in its image", ahead, goals: true, cancellationToken);
        }
    }

    private static async Task MeasureAsync(
        Bench bench, Pipeline pipeline, string what, string program, bool goals, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        await using var api = pipeline.NewApi(program, bench.LogFile("start"));
        api.Launch();
        while (!await IsReadyAsync(api.Address, cancellationToken))
        {
            if (!api.IsRunning || watch.Elapsed > Patience)
            {
                throw new BenchException($"{what} did not become ready; see {api.LogFile}");
            }

            await Task.Delay(Pause, cancellationToken);
        }

        var ready = watch.Elapsed.TotalSeconds;
        var processor = (double)ProcessStat.ReadAll().First(p => p.Id == api.Id).Own / ProcessStat.TicksPerSecond;
        using var wire = await Wire.ConnectAsync(api.Address, cancellationToken);
        var request = new IntakeRequest(api.Address, pipeline.Key);
        watch.Restart();
        var status = await wire.CallAsync(request.Next(out _));
        var first = watch.Elapsed.TotalMilliseconds;
        var note = status == 201 ? null : $"the first request was answered {status}";
        bench.Report.Add(new($"{what}: from its start to ready", ready, "s", Goal: goals ? Goal.AtMost(MostSeconds) : null));
        bench.Report.Add(new($"{what}: its first request", first, "ms", Goal: goals ? Goal.AtMost(MostMilliseconds) : null, Note: note));
        bench.Report.Add(new($"{what}: resident memory then", api.Memory("VmRSS"), "MB"));
        bench.Report.Add(new($"{what}: processor time of the start", processor, "s"));
        await pipeline.DrainAsync(cancellationToken);
        await api.StopAsync();
    }

    private static async Task<bool> IsReadyAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var wire = await Wire.ConnectAsync(address, cancellationToken);
            return await wire.CallAsync(Http.Get(address, "/health/ready")) == 200;
        }
        catch (Exception notYet) when (notYet is SocketException or BenchException)
        {
            return false;
        }
    }
}
