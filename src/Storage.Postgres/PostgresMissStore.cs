using Npgsql;
using OtpPipeline.Core.Applications.Limits;

namespace OtpPipeline.Storage.Postgres;

/// <summary>Stores misses on PostgreSQL as a history like that of sends: one statement to reserve, one to release.</summary>
internal sealed class PostgresMissStore(NpgsqlDataSource dataSource) : IMissStore
{
    private const string ReserveSql =
        """
        INSERT INTO recipient_histories AS h (application_id, recipient_hash, sends, failed_guesses, updated_at)
        SELECT $1, $2, ARRAY[(extract(epoch FROM c.now) * 1000)::bigint], 0, c.now FROM (SELECT clock_timestamp() AS now) c
        ON CONFLICT (application_id, recipient_hash) DO UPDATE
        SET sends = ARRAY(SELECT t FROM unnest(h.sends) t WHERE t > excluded.sends[1] - 60000) || excluded.sends, updated_at = excluded.updated_at
        WHERE (SELECT count(*) FROM unnest(h.sends) t WHERE t > excluded.sends[1] - 60000) < $3
        RETURNING sends[cardinality(sends)]
        """;

    private const string ReleaseSql =
        """
        UPDATE recipient_histories SET sends = sends[:array_position(sends, $3) - 1] || sends[array_position(sends, $3) + 1:]
        WHERE application_id = $1 AND recipient_hash = $2 AND array_position(sends, $3) IS NOT NULL
        """;

    public async Task<long?> ReserveAsync(Guid applicationId, byte[] hash, int limit, CancellationToken cancellationToken)
    {
        await using var command = Command(ReserveSql, applicationId, hash, limit);
        return (long?)await command.ExecuteScalarAsync(cancellationToken);
    }

    public async Task ReleaseAsync(Guid applicationId, byte[] hash, long reserved, CancellationToken cancellationToken)
    {
        await using var command = Command(ReleaseSql, applicationId, hash, reserved);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private NpgsqlCommand Command(string sql, params object[] values)
    {
        var command = dataSource.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return command;
    }
}
