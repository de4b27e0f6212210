using System.Security.Cryptography;

namespace OtpPipeline.Core.Stores;

/// <summary>Runs a whole transaction again that the database rolled back for a passing reason.</summary>
public static class StoreRetries
{
    /// <summary>How often a transaction runs at most.</summary>
    public const int MaxRuns = 4;

    private const int LongestPauseMilliseconds = 20;

    /// <param name="unit">The transaction from its begin to its commit; it starts from nothing each time.</param>
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
                // Two that met in a deadlock must not start again at the same moment.
                await Task.Delay(RandomNumberGenerator.GetInt32(LongestPauseMilliseconds * run) + 1);
            }
        }
    }
}
