using Microsoft.Extensions.Options;
using OtpPipeline.Core.Otps;
using Quartz;

namespace OtpPipeline.Workers.Jobs;

/// <summary>Writes and announces the expiry of OTPs past their time. That they no longer verify does not wait for it.</summary>
[DisallowConcurrentExecution]
public sealed class ExpiryJob(OtpExpiry expiry, JobRun run, IOptions<JobOptions> options) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var settings = options.Value;
        await run.UntilDoneAsync(
            "Expiry", token => expiry.ExpireAsync(settings.ExpiryBatch, token), settings.ExpiryBatch, settings.MaxBatchesPerRun, cancellationToken);
    }
}
