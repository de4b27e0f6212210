using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.RateLimits;

namespace OtpPipeline.Storage.Postgres;

/// <summary>Leases the moments of a provider's messages on PostgreSQL: one row per provider.</summary>
internal sealed class PostgresMessageSlotStore(NpgsqlDataSource dataSource) : IMessageSlotStore
{
    private const string LeaseSql =
        """
        INSERT INTO provider_rates AS p (provider, next_at) VALUES ($1, clock_timestamp() + $3 + $2)
        ON CONFLICT (provider) DO UPDATE SET next_at = GREATEST(p.next_at, clock_timestamp() + $3) + $2
        RETURNING p.next_at - $2 - clock_timestamp()
        """;

    public async Task<TimeSpan> LeaseAsync(string provider, TimeSpan length, TimeSpan lead, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(LeaseSql);
        command.Parameters.Add(new() { Value = provider });
        command.Parameters.Add(new() { Value = length, NpgsqlDbType = NpgsqlDbType.Interval });
        command.Parameters.Add(new() { Value = lead, NpgsqlDbType = NpgsqlDbType.Interval });
        return (TimeSpan)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
