using System.Data.Common;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Otps;
using OtpPipeline.Storage.SqlServer.Sessions;

namespace OtpPipeline.Storage.SqlServer.Tables;

/// <summary>SQL for table otp_changes (alias h).</summary>
internal static class OtpChangeTable
{
    public const string Columns = "h.otp_id, h.sequence, h.kind, h.delivery_id, h.status, h.reason, h.occurred_at";

    public const int Width = 7;

    private static readonly RowSet<OtpChange> New = new(
        "changes",
        Column.Id<OtpChange>("otp_id", c => c.OtpId),
        Column.Long<OtpChange>("sequence", c => c.Sequence),
        Column.Text<OtpChange>("kind", 16, c => EnumText<OtpChangeKind>.Lower(c.Kind)),
        Column.Id<OtpChange>("delivery_id", c => c.DeliveryId),
        Column.Text<OtpChange>("status", 16, c => c.Status),
        Column.Text<OtpChange>("reason", 64, c => c.Reason),
        Column.Time<OtpChange>("occurred_at", c => c.OccurredAt));

    private static readonly string InsertSql =
        $"""
        INSERT INTO otp_changes (otp_id, sequence, kind, delivery_id, status, reason, occurred_at)
        SELECT otp_id, sequence, kind, delivery_id, status, reason, occurred_at FROM {New.Table} n
        """;

    public static OtpChange Read(DbDataReader r, int at) => new()
    {
        OtpId = r.GetGuid(at),
        Sequence = r.GetInt64(at + 1),
        Kind = EnumText<OtpChangeKind>.Parse(r.GetString(at + 2)),
        DeliveryId = r.Value<Guid>(at + 3),
        Status = r.GetString(at + 4),
        Reason = r.Text(at + 5),
        OccurredAt = r.Time(at + 6),
    };

    public static void Insert(SqlServerBatch batch, IReadOnlyCollection<OtpChange> changes) => batch.Add(InsertSql, New.Of(changes));
}
