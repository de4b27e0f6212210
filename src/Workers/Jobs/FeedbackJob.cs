using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Deliveries.Sending;
using Quartz;

namespace OtpPipeline.Workers.Jobs;

/// <summary>Publishes commands for feedback again that were lost. Without a provider that wants feedback it asks nothing.</summary>
[DisallowConcurrentExecution]
public sealed partial class FeedbackJob(
    DeliveryFeedback feedback, FeedbackProviders providers, JobRun run, IOptions<JobOptions> options, ILogger<FeedbackJob> logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var settings = options.Value;
        var lost = providers.IsEmpty ? 0 : await run.UntilDoneAsync(
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
