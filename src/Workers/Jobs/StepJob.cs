using Microsoft.Extensions.Options;
using OtpPipeline.Core.Applications.Lookup;
using OtpPipeline.Core.Otps.Sending;
using Quartz;

namespace OtpPipeline.Workers.Jobs;

/// <summary>Starts the steps of delivery plans whose wait is over.</summary>
[DisallowConcurrentExecution]
public sealed class StepJob(StepStart steps, ApplicationDirectory applications, JobRun run, IOptions<JobOptions> options) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var settings = options.Value;
        await run.UntilDoneAsync(
            "Start of steps", token => steps.StartDueAsync(applications.FindAsync, settings.StepBatch, token), settings.StepBatch,
            settings.MaxBatchesPerRun, cancellationToken);
    }
}
