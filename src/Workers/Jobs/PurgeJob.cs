using Microsoft.Extensions.Options;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Outbox;
using Quartz;

namespace OtpPipeline.Workers.Jobs;

/// <summary>Deletes rows past their retention.</summary>
[DisallowConcurrentExecution]
public sealed partial class PurgeJob(
    IOtpStore store, IInbox inbox, JobRun run, IOptions<JobOptions> options, IOptions<OtpOptions> otps, IOptions<SandboxOptions> sandbox,
    ILogger<PurgeJob> logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var settings = options.Value;
        var periods = new PurgePeriods(otps.Value.Retention, sandbox.Value.Retention, settings.RecipientRetention);
        var deleted = await run.UntilDoneAsync(
            "Purge", token => store.PurgeAsync(
                periods, settings.PurgeBatch, token), settings.PurgeBatch, settings.MaxBatchesPerRun, cancellationToken);
        deleted += await run.UntilDoneAsync(
            "Inbox purge", token => inbox.PurgeAsync(
                settings.InboxRetention, settings.PurgeBatch, token), settings.PurgeBatch, settings.MaxBatchesPerRun, cancellationToken);
        if (deleted > 0)
        {
            Log.Purged(logger, deleted);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Count} rows past their retention were deleted")]
        public static partial void Purged(ILogger logger, int count);
    }
}
