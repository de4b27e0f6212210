using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Otps;
using OtpPipeline.Storage.Postgres.Sessions;

namespace OtpPipeline.Storage.Postgres.Tables;

/// <summary>SQL for table otp_changes (alias h).</summary>
internal static class OtpChangeTable
{
    public const string Columns = "h.otp_id, h.sequence, h.kind, h.delivery_id, h.status, h.reason, h.occurred_at";

    public const int Width = 7;

    public static OtpChange Read(NpgsqlDataReader r, int at = 0) => new()
    {
        OtpId = r.GetGuid(at),
        Sequence = r.GetInt64(at + 1),
        Kind = EnumText<OtpChangeKind>.Parse(r.GetString(at + 2)),
        DeliveryId = r.Value<Guid>(at + 3),
        Status = r.GetString(at + 4),
        Reason = r.Text(at + 5),
        OccurredAt = r.GetDateTime(at + 6),
    };

    public static void Insert(NpgsqlBatch batch, IReadOnlyCollection<OtpChange> changes) => batch.Add(
        """
        INSERT INTO otp_changes (otp_id, sequence, kind, delivery_id, status, reason, occurred_at)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)
        """,
        Parameters.From(changes, c => c.OtpId, NpgsqlDbType.Uuid),
        Parameters.From(changes, c => c.Sequence, NpgsqlDbType.Bigint),
        Parameters.From(changes, c => EnumText<OtpChangeKind>.Lower(c.Kind), NpgsqlDbType.Text),
        Parameters.From(changes, c => c.DeliveryId, NpgsqlDbType.Uuid),
        Parameters.From(changes, c => c.Status, NpgsqlDbType.Text),
        Parameters.From(changes, c => c.Reason, NpgsqlDbType.Text),
        Parameters.From(changes, c => c.OccurredAt, NpgsqlDbType.TimestampTz));
}
