using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.Otps.Plans;
using OtpPipeline.Storage.Postgres.Sessions;

namespace OtpPipeline.Storage.Postgres.Tables;

/// <summary>SQL for table pending_steps (alias s). Who writes a row holds the lock of its OTP.</summary>
internal static class PendingStepTable
{
    /// <summary>Due steps in the order of their time. Reads without a lock, so that it waits for none.</summary>
    public const string FindDueSql =
        "SELECT s.otp_id, s.application_id FROM pending_steps s WHERE s.due_at <= (SELECT clock_timestamp()) ORDER BY s.due_at LIMIT $1";

    /// <summary>The waiting steps of these OTPs that are due.</summary>
    public const string OfOtpsSql =
        "SELECT s.otp_id, s.step FROM pending_steps s WHERE s.otp_id = ANY ($1) AND s.due_at <= (SELECT clock_timestamp())";

    /// <summary>A step that waits already keeps the earlier time.</summary>
    public static void Upsert(NpgsqlBatch batch, IReadOnlyCollection<PendingStep> steps) => batch.Add(
        """
        INSERT INTO pending_steps AS s (otp_id, application_id, step, due_at) SELECT * FROM unnest($1, $2, $3, $4)
        ON CONFLICT (otp_id) DO UPDATE SET due_at = EXCLUDED.due_at WHERE s.due_at > EXCLUDED.due_at
        """,
        Parameters.From(steps, s => s.OtpId, NpgsqlDbType.Uuid),
        Parameters.From(steps, s => s.ApplicationId, NpgsqlDbType.Uuid),
        Parameters.From(steps, s => s.Step, NpgsqlDbType.Integer),
        Parameters.From(steps, s => s.DueAt, NpgsqlDbType.TimestampTz));

    public static void Delete(NpgsqlBatch batch, IReadOnlyCollection<Guid> otpIds) =>
        batch.Add("DELETE FROM pending_steps WHERE otp_id = ANY ($1)", Parameters.From(otpIds));
}
