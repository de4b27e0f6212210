using OtpPipeline.Benchmarks.Load;
using OtpPipeline.Benchmarks.Running;

namespace OtpPipeline.Benchmarks.Phases;

/// <summary>Ceiling: an ASP.NET Core POST that does nothing, with the load generator of all further phases.</summary>
internal static class RawHttp
{
    public static readonly Ceiling Ceiling = new("empty POST", SeenBefore: null, MeasureAsync);

    private static async Task<(double Rate, string? Note)> MeasureAsync(
        Bench bench, Lengths lengths, CancellationToken cancellationToken)
    {
        await using var server = new HostProcess(typeof(RawHttp).Assembly.Location, [], bench.LogFile("empty"));
        server.Launch(EmptyServer.Verb, server.Address.ToString());
        await server.ReadyAsync().WaitAsync(cancellationToken);
        await using var callers = await Callers.StartAsync(
            server.Address,
            () =>
            {
                var request = new IntakeRequest(server.Address, "none");
                return async (wire, _) => await wire.CallAsync(request.Next(out var _)) == 201;
            },
            cancellationToken);
        var rate = await Gauge.RateAsync("empty POST from 64 connections", lengths, () => callers.Succeeded, cancellationToken);
        return (rate, await callers.StopAsync());
    }
}
