using Microsoft.Extensions.Options;
using OtpPipeline.Core.Otps.Changes;
using Quartz;

namespace OtpPipeline.Workers.Jobs;

/// <summary>Writes and announces the expiry of OTPs past their time. That they no longer verify does not wait for it.</summary>
[DisallowConcurrentExecution]
public sealed class ExpiryJob(OtpExpiry expiry, JobRun run, IOptions<JobOptions> options) : IJob
{
    // One batch is written by the database while the next is checked here; more than two only wait for each other's disk.
    private const int Concurrency = 2;

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var settings = options.Value;
        if (await ExpireAsync(1) == settings.ExpiryBatch)
        {
            await Task.WhenAll(Enumerable.Range(0, Concurrency).Select(_ => ExpireAsync(settings.MaxBatchesPerRun)));
        }

        Task<int> ExpireAsync(int batches) => run.UntilDoneAsync(
            "Expiry", token => expiry.ExpireAsync(settings.ExpiryBatch, token), settings.ExpiryBatch, batches, cancellationToken);
    }
}
