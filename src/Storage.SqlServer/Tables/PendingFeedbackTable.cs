using System.Data.Common;
using Microsoft.Data.SqlClient;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Storage.SqlServer.Sessions;

namespace OtpPipeline.Storage.SqlServer.Tables;

/// <summary>SQL for table pending_feedback (alias f). Who writes a row holds the lock of its OTP.</summary>
internal static class PendingFeedbackTable
{
    public const string Columns = "f.otp_id, f.attempt, f.republished, f.due_at";

    private static readonly string OfOtpsSql =
        $"SELECT {Columns} FROM {RowSet.IdsOf("ids")} k JOIN pending_feedback f WITH (FORCESEEK) ON f.otp_id = k.id {Hints.ByKey}";

    private static readonly RowSet<PendingFeedback> Owed = new(
        "feedback",
        Column.Id<PendingFeedback>("otp_id", f => f.OtpId),
        Column.Number<PendingFeedback>("attempt", f => f.Attempt),
        Column.Number<PendingFeedback>("republished", f => f.Republished),
        Column.Time<PendingFeedback>("due_at", f => f.DueAt));

    // No other transaction inserts the row between the two statements: it would need the OTP's lock.
    private static readonly string UpsertSql =
        $"""
        UPDATE f SET attempt = n.attempt, republished = n.republished, due_at = n.due_at
        FROM {Owed.Table} n JOIN pending_feedback f WITH (ROWLOCK, FORCESEEK) ON f.otp_id = n.otp_id
        {Hints.ByKey};
        INSERT INTO pending_feedback (otp_id, attempt, republished, due_at)
        SELECT n.otp_id, n.attempt, n.republished, n.due_at FROM {Owed.Table} n
        WHERE NOT EXISTS (SELECT 1 FROM pending_feedback f WITH (FORCESEEK) WHERE f.otp_id = n.otp_id)
        """;

    private static readonly string DeleteSql =
        $"""
        DELETE f FROM {RowSet.IdsOf("ended_feedback")} k JOIN pending_feedback f WITH (ROWLOCK, FORCESEEK) ON f.otp_id = k.id
        {Hints.ByKey}
        """;

    public static PendingFeedback Read(DbDataReader r) => new()
    {
        OtpId = r.GetGuid(0),
        Attempt = r.GetInt32(1),
        Republished = r.GetInt32(2),
        DueAt = r.Time(3),
    };

    /// <summary>Reads what OTPs owe, by OTP.</summary>
    public static async Task<Dictionary<Guid, PendingFeedback>> ReadAsync(DbDataReader reader, CancellationToken cancellationToken) =>
        (await Rows.ReadAllAsync(reader, Read, cancellationToken)).ToDictionary(f => f.OtpId);

    /// <summary>Reads what the OTPs in parameter ids owe.</summary>
    public static void AddOf(SqlServerBatch batch, SqlParameter ids) => batch.Add(OfOtpsSql, ids);

    public static void Upsert(SqlServerBatch batch, IReadOnlyCollection<PendingFeedback> rows) => batch.Add(UpsertSql, Owed.Of(rows));

    public static void Delete(SqlServerBatch batch, IReadOnlyCollection<Guid> otpIds) =>
        batch.Add(DeleteSql, RowSet.Ids("ended_feedback", otpIds));
}
