using Microsoft.Extensions.Options;
using OtpPipeline.Core.Callbacks.Sending;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Workers.Callbacks;
using Quartz;

namespace OtpPipeline.Workers.Jobs;

/// <summary>Claims due callbacks: retries, replays, and those whose message was lost or whose worker died.</summary>
[DisallowConcurrentExecution]
public sealed class CallbackJob(
    CallbackClaims callbacks, CallbackSender sender, CallbackMetrics metrics, BrokerWatch broker, JobRun run, IOptions<JobOptions> options)
    : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var settings = options.Value;
        await run.UntilDoneAsync("Due callbacks", ClaimAsync, settings.CallbackBatch, settings.MaxBatchesPerRun, cancellationToken);

        async Task<int> ClaimAsync(CancellationToken token)
        {
            var due = await callbacks.ClaimDueAsync(sender.HasRoomFor, settings.CallbackBatch, token);
            metrics.Unannounced(due.Unannounced);
            broker.Unannounced(due.Unannounced);
            foreach (var callback in due.Outgoing)
            {
                sender.Hand(callback);
            }

            return due.More ? settings.CallbackBatch : 0;
        }
    }
}
