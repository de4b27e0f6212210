using System.Collections.Concurrent;
using OtpPipeline.Core.Stores;
using OtpPipeline.Hosting.Bus;

namespace OtpPipeline.Workers.Jobs;

/// <summary>
/// One run of a job: bounded batches until no work is left. If the database temporarily refuses, the run ends and the next run continues;
/// the refusal is logged once until a run succeeds. The scheduler logs every other failure.
/// </summary>
public sealed partial class JobRun(BusReadiness bus, ILogger<JobRun> logger)
{
    private readonly ConcurrentDictionary<string, bool> _refused = new(StringComparer.Ordinal);

    /// <param name="job">Name of the job in the log.</param>
    /// <param name="batch">Processes one batch and returns its size.</param>
    /// <param name="size">A batch smaller than this was the last one.</param>
    /// <param name="batches">Maximum number of batches.</param>
    /// <param name="cancellationToken">Ends the run between two batches.</param>
    public async Task<int> UntilDoneAsync(
        string job, Func<CancellationToken, Task<int>> batch, int size, int batches, CancellationToken cancellationToken)
    {
        // This process announces what a job commits, so it waits until its bus is ready; other processes can do both at once.
        var total = 0;
        if (!bus.IsReady)
        {
            return total;
        }

        try
        {
            for (var i = 0; i < batches && !cancellationToken.IsCancellationRequested; i++)
            {
                // A started batch is finished: the host waits for it when it stops.
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
