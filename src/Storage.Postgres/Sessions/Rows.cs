using Npgsql;

namespace OtpPipeline.Storage.Postgres.Sessions;

/// <summary>Helpers that the tables share.</summary>
internal static class Rows
{
    /// <summary>
    /// Prefix for a status column where the rows are found by id. It hides the status from the planner. Otherwise the planner assumes that
    /// the partial index of a status missing in its statistics is empty, and searches all of it for each row once there is a backlog.
    /// </summary>
    public const string Unindexed = "'' || ";

    public static async Task<List<T>> ReadAllAsync<T>(
        NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        await reader.NextResultAsync(cancellationToken);
        return rows;
    }
}
