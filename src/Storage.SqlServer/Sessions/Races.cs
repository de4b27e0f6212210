using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;

namespace OtpPipeline.Storage.SqlServer.Sessions;

/// <summary>A row that another transaction inserted between our check and our insert.</summary>
internal static class Races
{
    private const int UniqueIndex = 2601;
    private const int UniqueConstraint = 2627;

    /// <summary>
    /// Runs a batch that makes missing rows. Where another transaction made one first, the unit as a whole runs again, and finds it.
    /// </summary>
    public static async Task<T> RetryAsync<T>(Func<Task<T>> make)
    {
        try
        {
            return await make();
        }
        catch (SqlException failure) when (failure.Number is UniqueIndex or UniqueConstraint)
        {
            throw new DbUpdateConcurrencyException("Another transaction made the same row first.", failure);
        }
    }
}
