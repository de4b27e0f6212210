using OtpPipeline.Core.Otps.Plans;
using OtpPipeline.Storage.SqlServer.Sessions;

namespace OtpPipeline.Storage.SqlServer.Tables;

/// <summary>SQL for table pending_steps (alias s). Who writes a row holds the lock of its OTP.</summary>
internal static class PendingStepTable
{
    /// <summary>Due steps in the order of their time. Reads without a lock, so that it waits for none.</summary>
    public const string FindDueSql =
        "SELECT TOP (@limit) s.otp_id, s.application_id FROM pending_steps s WHERE s.due_at <= @now ORDER BY s.due_at";

    private static readonly RowSet<PendingStep> Waiting = new(
        "steps",
        Column.Id<PendingStep>("otp_id", s => s.OtpId),
        Column.Id<PendingStep>("application_id", s => s.ApplicationId),
        Column.Number<PendingStep>("step", s => s.Step),
        Column.Time<PendingStep>("due_at", s => s.DueAt));

    // No other transaction inserts the row between the two statements: it would need the OTP's lock.
    private static readonly string UpsertSql =
        $"""
        UPDATE s SET due_at = n.due_at
        FROM {Waiting.Table} n JOIN pending_steps s WITH (ROWLOCK, FORCESEEK) ON s.otp_id = n.otp_id
        WHERE s.due_at > n.due_at
        {Hints.ByKey};
        INSERT INTO pending_steps (otp_id, application_id, step, due_at)
        SELECT n.otp_id, n.application_id, n.step, n.due_at FROM {Waiting.Table} n
        WHERE NOT EXISTS (SELECT 1 FROM pending_steps s WITH (FORCESEEK) WHERE s.otp_id = n.otp_id)
        """;

    private static readonly string DeleteSql =
        $"DELETE s FROM {RowSet.IdsOf("ended_waits")} k JOIN pending_steps s WITH (ROWLOCK, FORCESEEK) ON s.otp_id = k.id {Hints.ByKey}";

    /// <summary>A step that waits already keeps the earlier time.</summary>
    public static void Upsert(SqlServerBatch batch, IReadOnlyCollection<PendingStep> steps) => batch.Add(UpsertSql, Waiting.Of(steps));

    public static void Delete(SqlServerBatch batch, IReadOnlyCollection<Guid> otpIds) =>
        batch.Add(DeleteSql, RowSet.Ids("ended_waits", otpIds));
}
