using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.Deliveries.Providers;
using OtpPipeline.Storage.Postgres.Sessions;

namespace OtpPipeline.Storage.Postgres.Deliveries;

/// <summary>Readings, settings and tests of providers on PostgreSQL.</summary>
internal sealed class PostgresProviderStore(NpgsqlDataSource dataSource) : IProviderStore
{
    private const string ReportSql =
        """
        INSERT INTO provider_reports (provider, process_id, reported_at, reading)
        SELECT r.provider, $1, clock_timestamp(), r.reading FROM unnest($2, $3) AS r (provider, reading)
        ON CONFLICT (provider, process_id) DO UPDATE SET reported_at = excluded.reported_at, reading = excluded.reading
        """;

    private const string ForgetSql =
        """
        WITH reports AS (
            DELETE FROM provider_reports WHERE (provider, process_id) IN (
                SELECT provider, process_id FROM provider_reports WHERE reported_at < clock_timestamp() - interval '1 minute'
                FOR UPDATE SKIP LOCKED))
        DELETE FROM provider_tests WHERE id IN (
            SELECT id FROM provider_tests WHERE created_at < clock_timestamp() - interval '1 hour' FOR UPDATE SKIP LOCKED)
        """;

    // Only while the operator's call waits for it (ProviderTrial): nobody expects a later message.
    private const string ClaimTestsSql =
        """
        UPDATE provider_tests t SET claimed_at = clock_timestamp() WHERE t.id IN (
            SELECT id FROM provider_tests WHERE claimed_at IS NULL AND provider = ANY ($1)
              AND created_at > clock_timestamp() - interval '5 seconds' ORDER BY created_at LIMIT 10
            FOR UPDATE SKIP LOCKED)
        RETURNING t.id, t.provider, t.message
        """;

    public async Task<ProviderNews> ExchangeAsync(
        Guid processId, IReadOnlyDictionary<string, string> readings, CancellationToken cancellationToken)
    {
        await using var session = await PostgresSession.OpenAsync(dataSource, cancellationToken);
        await using var batch = session.NewBatch();
        var rows = readings.OrderBy(r => r.Key, StringComparer.Ordinal).ToList();
        batch.Add(
            ReportSql, new() { Value = processId }, Parameters.From(rows, r => r.Key, NpgsqlDbType.Text),
            Parameters.From(rows, r => r.Value, NpgsqlDbType.Text));
        batch.Add(ForgetSql);
        batch.Add(ClaimTestsSql, Parameters.From(rows, r => r.Key, NpgsqlDbType.Text));
        batch.Add("SELECT provider, paused, weight, updated_at FROM provider_settings");
        return await session.ReadAsync(
            batch,
            async reader =>
            {
                var tests = await Rows.ReadAllAsync(reader, r => (r.GetGuid(0), r.GetString(1), r.Bytes(2)), cancellationToken);
                var settings = await Rows.ReadAllAsync(
                    reader, r => (Provider: r.GetString(0), (r.GetBoolean(1), r.Value<int>(2), r.GetDateTime(3))), cancellationToken);
                return new ProviderNews(settings.ToDictionary(s => s.Provider, s => s.Item2, StringComparer.Ordinal), tests);
            },
            cancellationToken);
    }

    public Task AnswerAsync(Guid testId, string result, CancellationToken cancellationToken) => ExecuteAsync(
        "UPDATE provider_tests SET result = $2 WHERE id = $1", cancellationToken, new() { Value = testId }, new() { Value = result });

    public Task PauseAsync(string provider, bool paused, CancellationToken cancellationToken) => ExecuteAsync(
        "INSERT INTO provider_settings (provider, paused, updated_at) VALUES ($1, $2, clock_timestamp()) "
        + "ON CONFLICT (provider) DO UPDATE SET paused = excluded.paused, updated_at = excluded.updated_at",
        cancellationToken, new() { Value = provider }, new() { Value = paused });

    public Task WeighAsync(string provider, int? weight, CancellationToken cancellationToken) => ExecuteAsync(
        "INSERT INTO provider_settings (provider, paused, weight, updated_at) VALUES ($1, false, $2, clock_timestamp()) "
        + "ON CONFLICT (provider) DO UPDATE SET weight = excluded.weight, updated_at = excluded.updated_at",
        cancellationToken, new() { Value = provider },
        new() { Value = weight ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer });

    public Task RequestTestAsync(Guid testId, string provider, byte[] message, CancellationToken cancellationToken) => ExecuteAsync(
        "INSERT INTO provider_tests (id, provider, message, created_at) VALUES ($1, $2, $3, clock_timestamp())", cancellationToken,
        new() { Value = testId }, new() { Value = provider }, new() { Value = message });

    public Task ForgetTestAsync(Guid testId, CancellationToken cancellationToken) => ExecuteAsync(
        "DELETE FROM provider_tests WHERE id = $1", cancellationToken, new NpgsqlParameter { Value = testId });

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
