using MassTransit;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Hosting.Bus;
using Quartz;

namespace OtpPipeline.Workers.Jobs;

/// <summary>Recovers deliveries whose worker died or whose work command was lost.</summary>
[DisallowConcurrentExecution]
public sealed partial class DeliveryRecoveryJob(
    DeliveryRecovery recovery, QueueLag lag, IBusControl bus, JobRun run, IOptions<JobOptions> options,
    ILogger<DeliveryRecoveryJob> logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var settings = options.Value;
        var ended = await run.UntilDoneAsync(
            "Recovery of leases", token => recovery.EndLeasesAsync(
                settings.RecoveryBatch, token), settings.RecoveryBatch, settings.MaxBatchesPerRun, cancellationToken);
        if (ended > 0)
        {
            Log.LeasesEnded(logger, ended);
        }

        foreach (var channel in Channels.All.Except(Receiving()))
        {
            lag.Blind(channel);
        }

        var republished = await run.UntilDoneAsync(
            "Recovery of work commands", token => recovery.RepublishAsync(
                settings.RecoveryBatch, token), settings.RecoveryBatch, settings.MaxBatchesPerRun, cancellationToken);
        if (republished > 0)
        {
            Log.Republished(logger, republished);
        }
    }

    /// <summary>The channels whose queue currently delivers to this process.</summary>
    private IEnumerable<Channel> Receiving()
    {
        var healthy = ReceivingQueues.Read(bus);
        return Channels.All.Where(c => healthy.Contains(OtpBusTopology.QueueOf(c)));
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "{Count} OTPs had a delivery whose worker did not report within its lease; it is UNKNOWN now")]
        public static partial void LeasesEnded(ILogger logger, int count);

        [LoggerMessage(
            Level = LogLevel.Information,
            Message = "The work commands of {Count} OTPs waited too long; those that left the outbox were published again")]
        public static partial void Republished(ILogger logger, int count);
    }
}
