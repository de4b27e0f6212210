using OtpPipeline.Core.Deliveries.Providers;
using OtpPipeline.Storage.SqlServer.Sessions;

namespace OtpPipeline.Storage.SqlServer.Deliveries;

/// <summary>Readings, settings and tests of providers on SQL Server.</summary>
internal sealed class SqlServerProviderStore(SqlServerDatabase database) : IProviderStore
{
    private static readonly RowSet<KeyValuePair<string, string>> Readings = new(
        "readings",
        Column.Text<KeyValuePair<string, string>>("provider", 64, r => r.Key),
        Column.Text<KeyValuePair<string, string>>("reading", 4000, r => r.Value));

    // A process writes only its own reports, so nobody inserts one between the two statements. A test is claimed only while the operator's
    // call waits for it (ProviderTrial): nobody expects a later message.
    private static readonly string ExchangeSql =
        $"""
        DECLARE @serving TABLE (provider nvarchar(64) COLLATE {Collation.Exact} NOT NULL PRIMARY KEY);
        INSERT INTO @serving (provider) SELECT r.provider FROM {Readings.Table} r;
        BEGIN TRANSACTION;
        UPDATE p SET reported_at = @now, reading = r.reading
        FROM {Readings.Table} r
        JOIN provider_reports p WITH (ROWLOCK, FORCESEEK) ON p.provider = r.provider AND p.process_id = @process
        {Hints.ByKey};
        INSERT INTO provider_reports (provider, process_id, reported_at, reading)
        SELECT r.provider, @process, @now, r.reading FROM {Readings.Table} r
        WHERE NOT EXISTS (
            SELECT 1 FROM provider_reports p WITH (FORCESEEK) WHERE p.provider = r.provider AND p.process_id = @process);
        DELETE FROM provider_reports WITH (READPAST, ROWLOCK, READCOMMITTEDLOCK) WHERE reported_at < DATEADD(MINUTE, -1, @now);
        DELETE FROM provider_tests WITH (READPAST, ROWLOCK, READCOMMITTEDLOCK) WHERE created_at < DATEADD(HOUR, -1, @now);
        WITH asked AS (
            SELECT TOP (10) t.* FROM provider_tests t {Hints.Claim}
            WHERE t.claimed_at IS NULL AND t.provider IN (SELECT s.provider FROM @serving s)
              AND t.created_at > DATEADD(SECOND, -5, @now)
            ORDER BY t.created_at)
        UPDATE asked SET claimed_at = @now OUTPUT inserted.id, inserted.provider, inserted.message;
        SELECT s.provider, s.paused, s.weight, s.updated_at FROM provider_settings s;
        COMMIT TRANSACTION
        """;

    private static readonly string PauseSql = Set("paused = @paused", "@paused, NULL");

    private static readonly string WeighSql = Set("weight = @weight", "0, @weight");

    public Task<ProviderNews> ExchangeAsync(
        Guid processId, IReadOnlyDictionary<string, string> readings, CancellationToken cancellationToken) => database.ReadAsync(
        new(ExchangeSql, Readings.Of(readings.OrderBy(r => r.Key, StringComparer.Ordinal)), Values.Id("process", processId)),
        async reader =>
        {
            var tests = await Rows.ReadAllAsync(reader, r => (r.GetGuid(0), r.GetString(1), r.Bytes(2)), cancellationToken);
            var settings = await Rows.ReadAllAsync(
                reader, r => (Provider: r.GetString(0), (r.GetBoolean(1), r.Value<int>(2), r.Time(3))), cancellationToken);
            return new ProviderNews(settings.ToDictionary(s => s.Provider, s => s.Item2, StringComparer.Ordinal), tests);
        },
        cancellationToken);

    public Task AnswerAsync(Guid testId, string result, CancellationToken cancellationToken) => database.ExecuteAsync(
        new("UPDATE provider_tests SET result = @result WHERE id = @id", Values.Id("id", testId), Values.Text("result", 1000, result)),
        cancellationToken);

    public Task PauseAsync(string provider, bool paused, CancellationToken cancellationToken) => database.ExecuteAsync(
        new(PauseSql, Values.Text("provider", 64, provider), Values.Flag("paused", paused)), cancellationToken);

    public Task WeighAsync(string provider, int? weight, CancellationToken cancellationToken) => database.ExecuteAsync(
        new(WeighSql, Values.Text("provider", 64, provider), Values.Number("weight", weight)), cancellationToken);

    public Task RequestTestAsync(Guid testId, string provider, byte[] message, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            new(
                "INSERT INTO provider_tests (id, provider, message, created_at) VALUES (@id, @provider, @message, @now)",
                Values.Id("id", testId), Values.Text("provider", 64, provider), Values.Bytes("message", message)),
            cancellationToken);

    public Task ForgetTestAsync(Guid testId, CancellationToken cancellationToken) => database.ExecuteAsync(
        new("DELETE FROM provider_tests WHERE id = @id", Values.Id("id", testId)), cancellationToken);

    private static string Set(string change, string values) =>
        $"""
        BEGIN TRANSACTION;
        UPDATE s SET {change}, updated_at = @now FROM provider_settings s {Hints.LockOrGap} WHERE s.provider = @provider;
        IF @@ROWCOUNT = 0
            INSERT INTO provider_settings (provider, paused, weight, updated_at) VALUES (@provider, {values}, @now);
        COMMIT TRANSACTION
        """;
}
