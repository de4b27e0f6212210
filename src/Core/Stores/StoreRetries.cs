using System.Security.Cryptography;

namespace OtpPipeline.Core.Stores;

/// <summary>Reruns a whole transaction that the database rolled back for a transient reason.</summary>
public static class StoreRetries
{
    /// <summary>Maximum runs of a transaction.</summary>
    public const int MaxRuns = 4;

    private const int LongestPauseMilliseconds = 20;

    /// <param name="unit">The transaction from begin to commit; it starts from scratch each time.</param>
    public static async Task<T> RunAsync<T>(Func<Task<T>> unit)
    {
        for (var run = 1; ; run++)
        {
            try
            {
                return await unit();
            }
            catch (Exception failure) when (run < MaxRuns && StoreFailures.KindOf(failure) == StoreFailure.Retry)
            {
                // Two transactions that deadlocked must not restart at the same time.
                await Task.Delay(RandomNumberGenerator.GetInt32(LongestPauseMilliseconds * run) + 1);
            }
        }
    }
}
