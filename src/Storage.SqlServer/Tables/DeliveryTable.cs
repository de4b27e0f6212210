using System.Data.Common;
using Microsoft.Data.SqlClient;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Storage.SqlServer.Sessions;

namespace OtpPipeline.Storage.SqlServer.Tables;

/// <summary>SQL for table deliveries (alias d).</summary>
internal static class DeliveryTable
{
    public const string Columns =
        "d.id, d.otp_id, d.channel, d.provider, d.step, d.attempt, d.status, d.reason, d.provider_message_id, d.due_at, d.publish_due_at, "
        + "d.republished, d.lease_id, d.lease_until, d.created_at, d.updated_at, d.application_id, d.waiting_since, "
        + "d.sent_at, d.delivered_at, d.read_at, d.is_resend, d.route, d.round, d.tried, d.cost";

    public const int Width = 26;

    /// <summary>The rows in index ix_deliveries_published.</summary>
    public const string Published = "d.status = 'QUEUED' AND d.waiting_since IS NULL";

    /// <summary>The rows in index ix_deliveries_waiting.</summary>
    public const string Waiting = "d.status = 'QUEUED' AND d.waiting_since IS NOT NULL";

    private static readonly RowSet<Delivery> New = new(
        "new_deliveries",
        Column.Id<Delivery>("id", d => d.Id),
        Column.Id<Delivery>("otp_id", d => d.OtpId),
        Column.Id<Delivery>("application_id", d => d.ApplicationId),
        Column.Text<Delivery>("channel", 16, d => d.Channel.Text()),
        Column.Text<Delivery>("route", 64, d => d.Route),
        Column.Number<Delivery>("step", d => d.Step),
        Column.Number<Delivery>("attempt", d => d.Attempt),
        Column.Number<Delivery>("round", d => d.Round),
        Column.Text<Delivery>("tried", 1000, d => d.Tried),
        Column.Time<Delivery>("due_at", d => d.DueAt),
        Column.Time<Delivery>("publish_due_at", d => d.PublishDueAt),
        Column.Time<Delivery>("waiting_since", d => d.WaitingSince),
        Column.Text<Delivery>("trace_parent", 64, d => d.TraceParent),
        Column.Time<Delivery>("created_at", d => d.CreatedAt),
        Column.Flag<Delivery>("is_resend", d => d.IsResend),
        Column.Amount<Delivery>("cost", d => d.Cost));

    private static readonly RowSet<Delivery> Changed = new(
        "deliveries",
        Column.Id<Delivery>("otp_id", d => d.OtpId),
        Column.Number<Delivery>("step", d => d.Step),
        Column.Number<Delivery>("attempt", d => d.Attempt),
        Column.Text<Delivery>("status", 16, d => EnumText<DeliveryStatus>.Upper(d.Status)),
        Column.Text<Delivery>("reason", 64, d => d.Reason),
        Column.Text<Delivery>("provider_message_id", 255, d => d.ProviderMessageId),
        Column.Time<Delivery>("publish_due_at", d => d.PublishDueAt),
        Column.Number<Delivery>("republished", d => d.Republished),
        Column.Time<Delivery>("updated_at", d => d.UpdatedAt),
        Column.Time<Delivery>("sent_at", d => d.SentAt),
        Column.Time<Delivery>("delivered_at", d => d.DeliveredAt),
        Column.Time<Delivery>("read_at", d => d.ReadAt),
        Column.Amount<Delivery>("cost", d => d.Cost));

    private static readonly string InsertSql =
        $"""
        INSERT INTO deliveries (id, otp_id, application_id, channel, route, step, attempt, round, tried, cost, status, due_at, publish_due_at,
                                waiting_since, trace_parent, is_resend, republished, created_at, updated_at)
        SELECT id, otp_id, application_id, channel, route, step, attempt, round, tried, cost, 'QUEUED', due_at, publish_due_at,
               waiting_since, trace_parent, is_resend, 0, created_at, created_at
        FROM {New.Table} n
        """;

    private static readonly string UpdateSql =
        $"""
        UPDATE d
        SET status = u.status, reason = u.reason, provider_message_id = u.provider_message_id, publish_due_at = u.publish_due_at,
            republished = u.republished, updated_at = u.updated_at, sent_at = u.sent_at, delivered_at = u.delivered_at, read_at = u.read_at,
            cost = u.cost
        FROM {Changed.Table} u
        JOIN deliveries d WITH (ROWLOCK, FORCESEEK) ON d.otp_id = u.otp_id AND d.step = u.step AND d.attempt = u.attempt
        {Hints.ByKey}
        """;

    private static readonly string OfOtpsSql =
        $"""
        SELECT {Columns} FROM {RowSet.IdsOf("ids")} k JOIN deliveries d WITH (FORCESEEK) ON d.otp_id = k.id
        ORDER BY d.otp_id, d.step, d.attempt
        {Hints.ByKey}
        """;

    public static Delivery Read(DbDataReader r) => new()
    {
        Id = r.GetGuid(0),
        OtpId = r.GetGuid(1),
        Channel = EnumText<Channel>.Parse(r.GetString(2)),
        Provider = r.Text(3),
        Step = r.GetInt32(4),
        Attempt = r.GetInt32(5),
        Status = EnumText<DeliveryStatus>.Parse(r.GetString(6)),
        Reason = r.Text(7),
        ProviderMessageId = r.Text(8),
        DueAt = r.Time(9),
        PublishDueAt = r.Time(10),
        Republished = r.GetInt32(11),
        LeaseId = r.Value<Guid>(12),
        LeaseUntil = r.MaybeTime(13),
        CreatedAt = r.Time(14),
        UpdatedAt = r.Time(15),
        ApplicationId = r.GetGuid(16),
        WaitingSince = r.MaybeTime(17),
        SentAt = r.MaybeTime(18),
        DeliveredAt = r.MaybeTime(19),
        ReadAt = r.MaybeTime(20),
        IsResend = r.GetBoolean(21),
        Route = r.GetString(22),
        Round = r.GetInt32(23),
        Tried = r.GetString(24),
        Cost = r.GetDecimal(25),
    };

    /// <summary>Reads the deliveries of the OTPs in parameter ids, oldest first.</summary>
    public static void AddOf(SqlServerBatch batch, SqlParameter ids) => batch.Add(OfOtpsSql, ids);

    public static void Insert(SqlServerBatch batch, IReadOnlyCollection<Delivery> deliveries) => batch.Add(InsertSql, New.Of(deliveries));

    public static void Update(SqlServerBatch batch, IReadOnlyCollection<Delivery> deliveries) =>
        batch.Add(UpdateSql, Changed.Of(deliveries));
}
