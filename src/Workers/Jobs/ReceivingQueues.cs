using MassTransit;

namespace OtpPipeline.Workers.Jobs;

/// <summary>The queues that currently deliver to this process.</summary>
internal static class ReceivingQueues
{
    public static HashSet<string> Read(IBusControl bus) => bus.CheckHealth().Endpoints.Values
        .Where(e => e.Status == BusHealthStatus.Healthy && e.InputAddress is not null)
        .Select(e => e.InputAddress.Segments[^1])
        .ToHashSet(StringComparer.Ordinal);
}
