using Microsoft.Extensions.Options;
using OtpPipeline.Core.Otps.Changes;
using Quartz;

namespace OtpPipeline.Workers.Jobs;

/// <summary>Writes and announces the expiry of OTPs. Verification does not wait for it: an expired OTP already fails.</summary>
[DisallowConcurrentExecution]
public sealed class ExpiryJob(OtpExpiry expiry, JobRun run, IOptions<JobOptions> options) : IJob
{
    // The database writes one batch while this process checks the next; more than two only wait for each other's disk.
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
