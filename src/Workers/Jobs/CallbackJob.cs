using Microsoft.Extensions.Options;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Workers.Callbacks;
using Quartz;

namespace OtpPipeline.Workers.Jobs;

/// <summary>Claims callbacks that are due: retries, replays, and those whose worker died or had no place for them.</summary>
[DisallowConcurrentExecution]
public sealed class CallbackJob(CallbackOutcomes callbacks, CallbackSender sender, JobRun run, IOptions<JobOptions> options) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var settings = options.Value;
        await run.UntilDoneAsync("Due callbacks", ClaimAsync, settings.CallbackBatch, settings.MaxBatchesPerRun, cancellationToken);

        async Task<int> ClaimAsync(CancellationToken token)
        {
            if (!sender.HasRoom)
            {
                return 0;
            }

            var due = await callbacks.ClaimAsync(settings.CallbackBatch, token);
            foreach (var callback in due)
            {
                sender.Hand(callback);
            }

            return due.Count;
        }
    }
}
