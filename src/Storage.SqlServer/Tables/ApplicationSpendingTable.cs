using System.Data.Common;
using System.Data.SqlTypes;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Storage.SqlServer.Sessions;

namespace OtpPipeline.Storage.SqlServer.Tables;

/// <summary>SQL for today's (UTC) rows in application_spendings. A limited application has one row, so its intake is serial.</summary>
internal static class ApplicationSpendingTable
{
    private static readonly RowSet<ApplicationSpending> Spent = new(
        "spendings",
        Column.Id<ApplicationSpending>("application_id", s => s.ApplicationId),
        Column.Day<ApplicationSpending>("day", s => s.Day),
        Column.Amount<ApplicationSpending>("spent", s => s.Spent));

    // The first send of a day locks the gap of its row; every other one finds the row. Both statements mean one day.
    private static readonly string MakeAndLockSql =
        $"""
        DECLARE @today date = CAST(@now AS date);
        INSERT INTO application_spendings (application_id, day, spent)
        SELECT k.id, @today, 0 FROM {RowSet.IdsOf("spenders")} k
        WHERE NOT EXISTS (
            SELECT 1 FROM application_spendings s {Hints.LockOrGap} WHERE s.application_id = k.id AND s.day = @today)
        {Hints.ByKey};
        SELECT s.application_id, s.day, s.spent
        FROM {RowSet.IdsOf("spenders")} k JOIN application_spendings s {Hints.Lock} ON s.application_id = k.id AND s.day = @today
        {Hints.ByKey}
        """;

    private static readonly string UpdateSql =
        $"""
        UPDATE s SET spent = u.spent
        FROM {Spent.Table} u
        JOIN application_spendings s WITH (ROWLOCK, FORCESEEK) ON s.application_id = u.application_id AND s.day = u.day
        {Hints.ByKey}
        """;

    private static readonly RowSet<KeyValuePair<Guid, decimal>> Refunds = new(
        "refunds",
        Column.Id<KeyValuePair<Guid, decimal>>("application_id", r => r.Key),
        Column.Amount<KeyValuePair<Guid, decimal>>("amount", r => r.Value));

    private static readonly string RefundSql =
        $"""
        UPDATE s SET spent = CASE WHEN s.spent > r.amount THEN s.spent - r.amount ELSE 0 END
        FROM {Refunds.Table} r
        JOIN application_spendings s {Hints.Lock} ON s.application_id = r.application_id AND s.day = CAST(@now AS date)
        {Hints.ByKey}
        """;

    /// <summary>Subtracts what was not spent. Applications without a spending limit have no row.</summary>
    public static void Refund(SqlServerBatch batch, IReadOnlyDictionary<Guid, decimal> refunds) =>
        batch.Add(RefundSql, Refunds.Of(refunds.OrderBy(r => new SqlGuid(r.Key))));

    public static void MakeAndLock(SqlServerBatch batch, IReadOnlyCollection<Guid> applicationIds) =>
        batch.Add(MakeAndLockSql, RowSet.Ids("spenders", applicationIds));

    public static ApplicationSpending Read(DbDataReader reader) => new()
    {
        ApplicationId = reader.GetGuid(0),
        Day = reader.GetFieldValue<DateOnly>(1),
        Spent = reader.GetDecimal(2),
    };

    public static void Update(SqlServerBatch batch, IReadOnlyCollection<ApplicationSpending> spendings) =>
        batch.Add(UpdateSql, Spent.Of(spendings));
}
