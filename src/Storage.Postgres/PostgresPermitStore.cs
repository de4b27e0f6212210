using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.RateLimits;
using OtpPipeline.Storage.Postgres.Sessions;

namespace OtpPipeline.Storage.Postgres;

/// <summary>Leases request permits on PostgreSQL: one row per application, one statement per batch of leases.</summary>
internal sealed class PostgresPermitStore(NpgsqlDataSource dataSource) : IPermitStore
{
    // A lease is at most an eighth of the remaining permits, so that no process holds all that is left of a minute.
    private const string LeaseSql =
        """
        WITH c AS MATERIALIZED (
            SELECT floor(s)::bigint / 60 AS minute, make_interval(secs => 60 - (s - 60 * (floor(s)::bigint / 60))) AS ends_in
            FROM (SELECT extract(epoch FROM clock_timestamp())::double precision AS s) e),
        w AS MATERIALIZED (SELECT * FROM unnest($1, $2, $3) AS w (application_id, allowed, wanted) ORDER BY application_id),
        granted AS (
            INSERT INTO request_permits AS p (application_id, minute, allowed, leased, leased_before, granted)
            SELECT w.application_id, c.minute, w.allowed, LEAST(w.wanted, GREATEST(1, w.allowed / 8)), 0, LEAST(w.wanted, GREATEST(1, w.allowed / 8))
            FROM w, c ORDER BY w.application_id
            ON CONFLICT (application_id) DO UPDATE SET
                minute = GREATEST(p.minute, excluded.minute),
                allowed = excluded.allowed,
                leased_before = CASE WHEN p.minute >= excluded.minute THEN p.leased_before WHEN p.minute = excluded.minute - 1 THEN p.leased ELSE 0 END,
                granted = CASE WHEN p.minute >= excluded.minute
                    THEN GREATEST(0, LEAST(excluded.granted, excluded.allowed - p.leased, GREATEST(1, (excluded.allowed - p.leased) / 8)))
                    ELSE excluded.granted END,
                leased = CASE WHEN p.minute >= excluded.minute
                    THEN p.leased + GREATEST(0, LEAST(excluded.granted, excluded.allowed - p.leased, GREATEST(1, (excluded.allowed - p.leased) / 8)))
                    ELSE excluded.granted END
            RETURNING application_id, leased, leased_before, granted)
        SELECT g.application_id, g.granted, g.leased, g.leased_before, c.ends_in FROM granted g, c
        """;

    public async Task<IReadOnlyList<PermitLease>> LeaseAsync(IReadOnlyList<PermitRequest> requests, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(LeaseSql);
        command.Parameters.Add(Parameters.From(requests, r => r.ApplicationId, NpgsqlDbType.Uuid));
        command.Parameters.Add(Parameters.From(requests, r => r.Allowed, NpgsqlDbType.Integer));
        command.Parameters.Add(Parameters.From(requests, r => r.Wanted, NpgsqlDbType.Integer));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var leases = new Dictionary<Guid, PermitLease>(requests.Count);
        while (await reader.ReadAsync(cancellationToken))
        {
            leases[reader.GetGuid(0)] = new(reader.GetInt32(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetTimeSpan(4));
        }

        return [.. requests.Select(r => leases[r.ApplicationId])];
    }
}
