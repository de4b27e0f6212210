using OtpPipeline.Benchmarks;
using OtpPipeline.Benchmarks.Phases;
using OtpPipeline.Benchmarks.Reporting;
using OtpPipeline.Benchmarks.Running;

if (args is [EmptyServer.Verb, var url])
{
    return await EmptyServer.RunAsync(url);
}

Phase[] phases =
[
    new("numbers", [], NumberReading.RunAsync),
    new("commits", [], RawCommits.RunAsync),
    new("bus", [], RawBus.RunAsync),
    new("http", [], RawHttp.RunAsync),
    new("accepted", ["commits", "http"], Intake.RunAsync),
    new("verified", ["commits"], Verification.RunAsync),
    new("latency", ["accepted"], Latency.RunAsync),
    new("life", ["bus"], WholeLife.RunAsync),
    new("callbacks", ["bus"], Callbacks.RunAsync),
    new("commands", ["bus"], Commands.RunAsync),
    new("slow", ["accepted"], SlowProvider.RunAsync),
    new("fairness", ["accepted"], Fairness.RunAsync),
    new("full", ["accepted", "verified"], FullTable.RunAsync),
    new("memory", ["accepted", "verified"], Memory.RunAsync),
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
