using OtpPipeline.Benchmarks;
using OtpPipeline.Benchmarks.Phases;
using OtpPipeline.Benchmarks.Reporting;
using OtpPipeline.Benchmarks.Running;

if (args is [EmptyServer.Verb, var url])
{
    return await EmptyServer.RunAsync(url);
}

if (args is [Comparison.Verb, .. { Length: > 0 } files])
{
    Comparison.Print(files);
    return 0;
}

Phase[] phases =
[
    new("numbers", [], NumberReading.RunAsync) { IsOnce = true },
    Phase.Of(RawCommits.Ceiling, "commits"),
    Phase.Of(RawBus.Ceiling, "bus"),
    Phase.Of(RawHttp.Ceiling, "http"),
    new("accepted", [], Intake.RunAsync),
    new("verified", [], Verification.RunAsync),
    new("latency", ["accepted"], Latency.RunAsync),
    new("life", [], WholeLife.RunAsync),
    new("callbacks", [], Callbacks.RunAsync),
    new("commands", ["accepted"], Commands.RunAsync),
    new("intake", [], Intake.RunAloneAsync),
    new("slow", ["accepted"], SlowProvider.RunAsync) { IsOnce = true },
    new("fairness", ["accepted"], Fairness.RunAsync) { IsOnce = true },
    new("expiry", [], Expiry.RunAsync) { IsOnce = true },
    new("full", ["accepted", "verified"], FullTable.RunAsync) { IsOnce = true },
    new("memory", ["accepted", "verified"], Memory.RunAsync) { IsOnce = true },
    new("start", [], Start.RunAsync) { IsOnlyNamed = true },
    new("scale", [], Scale.RunAsync) { IsOnlyNamed = true },
];

if (Arguments.Parse(args, [.. phases.Select(p => p.Name)], out var arguments) is { } wrong)
{
    await Console.Error.WriteLineAsync(wrong);
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

var report = new Report();
try
{
    await using var bench = await Bench.StartAsync(arguments, report, stop.Token);
    foreach (var phase in Phase.Chosen(phases, arguments.Only))
    {
        await phase.RunAsync(bench, stop.Token);
    }
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.WriteLine("Stopped.");
    return 130;
}
catch (Exception failure) when (failure is BenchException or HostFailedException)
{
    await Console.Error.WriteLineAsync(failure.Message);
    report.Print();
    return 1;
}

report.Print();
if (arguments.JsonFile is { } file)
{
    await report.WriteJsonAsync(file);
    Console.WriteLine($"The figures are in {file}");
}

return 0;
