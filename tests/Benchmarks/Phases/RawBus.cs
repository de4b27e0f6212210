using MassTransit;
using OtpPipeline.Benchmarks.Load;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Benchmarks.Phases;

/// <summary>A message of the size of a work command.</summary>
public sealed record BusProbe(Guid Id, string Channel, int Step);

/// <summary>Ceiling: MassTransit publishes a small record, confirmed, to a quorum queue and consumes it, both in one process.</summary>
internal static class RawBus
{
    public static readonly Ceiling Ceiling = new("MassTransit messages", SeenBefore: 9_900, MeasureAsync);
    private const int Publishers = 256;
    private const int MostOpen = 4_000;

    private static async Task<(double Rate, string? Note)> MeasureAsync(
        Bench bench, Lengths lengths, CancellationToken cancellationToken)
    {
        var consumed = 0L;
        var published = 0L;
        var bus = Bus.Factory.CreateUsingRabbitMq(configure =>
        {
            configure.Host(bench.Arguments.RabbitMq);
            configure.ReceiveEndpoint("bench-bus", endpoint =>
            {
                endpoint.SetQuorumQueue();
                endpoint.PrefetchCount = 1_000;
                endpoint.Handler<BusProbe>(_ =>
                {
                    Interlocked.Increment(ref consumed);
                    return Task.CompletedTask;
                });
            });
        });
        await bus.StartAsync(cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var publishers = Enumerable.Range(0, Publishers).Select(_ => Task.Run(PublishAsync, CancellationToken.None)).ToArray();
        var rate = await Gauge.RateAsync(
            "MassTransit publish and consume on a quorum queue", lengths, () => Interlocked.Read(ref consumed), cancellationToken);
        await stop.CancelAsync();
        await Task.WhenAll(publishers);
        await bus.StopAsync(cancellationToken);
        return (rate, null);

        async Task PublishAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                // Publishing alone is faster than both together: a queue that only grows would measure something else.
                if (Interlocked.Read(ref published) - Interlocked.Read(ref consumed) > MostOpen)
                {
                    await Task.Delay(1, CancellationToken.None);
                    continue;
                }

                await bus.Publish(new BusProbe(Guid.CreateVersion7(), "sms", 1), CancellationToken.None);
                Interlocked.Increment(ref published);
            }
        }
    }
}
