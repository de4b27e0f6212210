using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Storage.Postgres.Sessions;

namespace OtpPipeline.Storage.Postgres.Tables;

/// <summary>SQL for table pending_feedback (alias f). Who writes a row holds the lock of its OTP.</summary>
internal static class PendingFeedbackTable
{
    /// <summary>What these OTPs owe.</summary>
    public const string OfOtpsSql =
        "SELECT f.otp_id, f.attempt, f.republished, f.due_at FROM pending_feedback f WHERE f.otp_id = ANY ($1)";

    /// <summary>OTPs whose command seems lost, at most $1; skips those that another transaction holds.</summary>
    public const string LockLostSql =
        $"""
        SELECT {OtpTable.Columns} FROM pending_feedback f JOIN otps o ON o.id = f.otp_id
        WHERE f.due_at <= (SELECT clock_timestamp()) ORDER BY f.due_at LIMIT $1 FOR UPDATE OF o SKIP LOCKED
        """;

    public static PendingFeedback Read(NpgsqlDataReader r) => new()
    {
        OtpId = r.GetGuid(0),
        Attempt = r.GetInt32(1),
        Republished = r.GetInt32(2),
        DueAt = r.GetDateTime(3),
    };

    /// <summary>Reads what OTPs owe, by OTP.</summary>
    public static async Task<Dictionary<Guid, PendingFeedback>> ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken) =>
        (await Rows.ReadAllAsync(reader, Read, cancellationToken)).ToDictionary(f => f.OtpId);

    public static void Upsert(NpgsqlBatch batch, IReadOnlyCollection<PendingFeedback> rows) => batch.Add(
        """
        INSERT INTO pending_feedback (otp_id, attempt, republished, due_at) SELECT * FROM unnest($1, $2, $3, $4)
        ON CONFLICT (otp_id) DO UPDATE
        SET attempt = EXCLUDED.attempt, republished = EXCLUDED.republished, due_at = EXCLUDED.due_at
        """,
        Parameters.From(rows, f => f.OtpId, NpgsqlDbType.Uuid),
        Parameters.From(rows, f => f.Attempt, NpgsqlDbType.Integer),
        Parameters.From(rows, f => f.Republished, NpgsqlDbType.Integer),
        Parameters.From(rows, f => f.DueAt, NpgsqlDbType.TimestampTz));

    public static void Delete(NpgsqlBatch batch, IReadOnlyCollection<Guid> otpIds) =>
        batch.Add("DELETE FROM pending_feedback WHERE otp_id = ANY ($1)", Parameters.From(otpIds));
}
