using System.Collections.Concurrent;
using OtpPipeline.Core.Stores;
using OtpPipeline.Hosting.Bus;

namespace OtpPipeline.Workers.Jobs;

/// <summary>
/// One run of a job: bounded batches until there is no more to do. A database that refuses for now ends the run, is reported once until
/// a run succeeds, and leaves the rest to the next run; any other failure is the scheduler's to report, each time.
/// </summary>
public sealed partial class JobRun(BusReadiness bus, ILogger<JobRun> logger)
{
    private readonly ConcurrentDictionary<string, bool> _refused = new(StringComparer.Ordinal);

    /// <param name="job">Name of the job in the log.</param>
    /// <param name="batch">Does one batch; the answer is how much that was.</param>
    /// <param name="size">A batch of less than this was the last one.</param>
    /// <param name="batches">Batches at most.</param>
    /// <param name="cancellationToken">Ends the run between two batches.</param>
    public async Task<int> UntilDoneAsync(
        string job, Func<CancellationToken, Task<int>> batch, int size, int batches, CancellationToken cancellationToken)
    {
        // What a job commits is announced by this process: not before it can, since others could do both at once.
        var total = 0;
        if (!bus.IsReady)
        {
            return total;
        }

        try
        {
            for (var i = 0; i < batches && !cancellationToken.IsCancellationRequested; i++)
            {
                // A batch that was begun is finished: the host waits for it when it stops.
                var count = await batch(CancellationToken.None);
                total += count;
                if (count < size)
                {
                    break;
                }
            }
        }
        catch (Exception failure) when (StoreFailures.IsTransient(failure))
        {
            if (_refused.TryAdd(job, true))
            {
                Log.Refused(logger, job, failure.GetType().Name, failure.GetBaseException().Message);
            }

            return total;
        }

        if (_refused.TryRemove(job, out _))
        {
            Log.Works(logger, job);
        }

        return total;
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "{Job} failed because the database did not serve it; it runs again at each tick ({Type}: {Error})")]
        public static partial void Refused(ILogger logger, string job, string type, string error);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Job} works again")]
        public static partial void Works(ILogger logger, string job);
    }
}
