using MassTransit;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Hosting.Bus;
using Quartz;

namespace OtpPipeline.Workers.Jobs;

/// <summary>Publishes commands for feedback again that were lost.</summary>
/// <remarks>
/// It asks nothing without a provider that wants feedback, and nothing while its queue does not deliver to this process: the commands that
/// wait there are not lost.
/// </remarks>
[DisallowConcurrentExecution]
public sealed partial class FeedbackJob(
    DeliveryFeedback feedback, FeedbackProviders providers, IBusControl bus, JobRun run, IOptions<JobOptions> options,
    ILogger<FeedbackJob> logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var settings = options.Value;
        if (providers.IsEmpty || !ReceivingQueues.Read(bus).Contains(OtpBusTopology.FeedbackQueue))
        {
            return;
        }

        var lost = await run.UntilDoneAsync(
            "Recovery of feedback", token => feedback.RepublishAsync(settings.RecoveryBatch, token), settings.RecoveryBatch,
            settings.MaxBatchesPerRun, cancellationToken);
        if (lost > 0)
        {
            Log.Republished(logger, lost);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Information,
            Message = "The feedback of {Count} OTPs waited too long; commands that left the outbox were published again")]
        public static partial void Republished(ILogger logger, int count);
    }
}
