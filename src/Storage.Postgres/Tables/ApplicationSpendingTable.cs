using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Storage.Postgres.Sessions;

namespace OtpPipeline.Storage.Postgres.Tables;

/// <summary>SQL for today's (UTC) rows in application_spendings. A limited application has one row, so its intake is serial.</summary>
internal static class ApplicationSpendingTable
{
    private const string Today = "(clock_timestamp() AT TIME ZONE 'UTC')::date";

    public static void MakeAndLock(NpgsqlBatch batch, IReadOnlyCollection<Guid> applicationIds)
    {
        batch.Add(
            $"INSERT INTO application_spendings (application_id, day, spent) SELECT id, {Today}, 0 FROM unnest($1) AS a (id) ON " +
            $"CONFLICT DO NOTHING",
            Parameters.From(applicationIds));
        batch.Add(
            $"SELECT application_id, day, spent FROM application_spendings WHERE application_id = ANY ($1) AND day = {Today} ORDER BY " +
            $"application_id FOR UPDATE",
            Parameters.From(applicationIds));
    }

    public static ApplicationSpending Read(NpgsqlDataReader reader) => new()
    {
        ApplicationId = reader.GetGuid(0),
        Day = reader.GetFieldValue<DateOnly>(1),
        Spent = reader.GetDecimal(2),
    };

    /// <summary>Subtracts what was not spent. Applications without a spending limit have no row.</summary>
    public static void Refund(NpgsqlBatch batch, IReadOnlyDictionary<Guid, decimal> refunds)
    {
        var sorted = refunds.OrderBy(r => r.Key).ToList();
        batch.Add(
            $"""
            WITH r AS MATERIALIZED (
                SELECT s.application_id, s.day, u.amount FROM unnest($1, $2) AS u (application_id, amount)
                JOIN application_spendings s ON s.application_id = u.application_id AND s.day = {Today}
                ORDER BY s.application_id FOR UPDATE OF s)
            UPDATE application_spendings s SET spent = GREATEST(0, s.spent - r.amount) FROM r
            WHERE s.application_id = r.application_id AND s.day = r.day
            """,
            Parameters.From(sorted, r => r.Key, NpgsqlDbType.Uuid),
            Parameters.From(sorted, r => r.Value, NpgsqlDbType.Numeric));
    }

    public static void Update(NpgsqlBatch batch, IReadOnlyCollection<ApplicationSpending> spendings) => batch.Add(
        """
        UPDATE application_spendings s SET spent = u.spent FROM unnest($1, $2, $3) AS u (application_id, day, spent)
        WHERE s.application_id = u.application_id AND s.day = u.day
        """,
        Parameters.From(spendings, s => s.ApplicationId, NpgsqlDbType.Uuid),
        Parameters.From(spendings, s => s.Day, NpgsqlDbType.Date),
        Parameters.From(spendings, s => s.Spent, NpgsqlDbType.Numeric));
}
