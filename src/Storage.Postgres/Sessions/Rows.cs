using Npgsql;

namespace OtpPipeline.Storage.Postgres.Sessions;

/// <summary>What the tables share.</summary>
internal static class Rows
{
    /// <summary>
    /// Before a status by which rows found by their id are told apart: hides it from the planner, which takes the partial index of a
    /// status that its statistics have never seen for empty, and searches the whole of it for each row once there is a backlog.
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
