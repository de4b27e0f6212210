using System.Data.Common;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Callbacks.Sending;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Storage.SqlServer.Sessions;

namespace OtpPipeline.Storage.SqlServer.Tables;

/// <summary>SQL for table callbacks (alias c) and its attempts (alias a).</summary>
internal static class CallbackTable
{
    public const string Columns =
        "c.id, c.otp_id, c.application_id, c.sequence, c.status, c.reason, c.content, c.attempts, c.failures, "
        + "c.due_at, c.lease_id, c.created_at, c.updated_at, c.previous";

    public const string AttemptColumns = "a.callback_id, a.number, a.started_at, a.duration_ms, a.http_status, a.error, a.answer";

    /// <summary>The data for the bodies of callbacks; the statement's FROM ends with the callbacks themselves.</summary>
    public const string UnsentColumns =
        $"""
        c.id, c.previous, {OtpChangeTable.Columns}, d.channel, d.provider, d.step, d.attempt, d.provider_message_id,
        d.sent_at, d.delivered_at, d.read_at, {OtpTable.Columns}
        """;

    public const string UnsentJoins =
        """
        JOIN otps o WITH (FORCESEEK) ON o.id = c.otp_id
        JOIN otp_changes h WITH (FORCESEEK) ON h.otp_id = c.otp_id AND h.sequence = c.sequence
        LEFT JOIN deliveries d WITH (FORCESEEK) ON d.otp_id = h.otp_id AND d.id = h.delivery_id
        """;

    private static readonly RowSet<Callback> New = new(
        "callbacks",
        Column.Id<Callback>("id", c => c.Id),
        Column.Id<Callback>("otp_id", c => c.OtpId),
        Column.Id<Callback>("application_id", c => c.ApplicationId),
        Column.Long<Callback>("sequence", c => c.Sequence),
        Column.Long<Callback>("previous", c => c.Previous),
        Column.Time<Callback>("created_at", c => c.CreatedAt));

    private static readonly string InsertSql =
        $"""
        INSERT INTO callbacks (id, otp_id, application_id, sequence, previous, status, attempts, failures, due_at, created_at, updated_at)
        SELECT id, otp_id, application_id, sequence, previous, 'PENDING', 0, 0, {Clock.Plus("@message_time")}, created_at, created_at
        FROM {New.Table} n
        """;

    // Due after a delay. Until then the change's message claims the callback, so the job finds only those that no message claimed.
    public static void Insert(SqlServerBatch batch, IReadOnlyCollection<Callback> callbacks) =>
        batch.Add(InsertSql, New.Of(callbacks), Values.Span("message_time", CallbackOptions.MessageTime));

    public static UnsentCallback ReadUnsent(DbDataReader r)
    {
        const int Delivery = 2 + OtpChangeTable.Width;
        var change = OtpChangeTable.Read(r, 2);
        var delivery = change.DeliveryId is null || r.IsDBNull(Delivery)
            ? null
            : change.DeliveryOf(
                EnumText<Channel>.Parse(r.GetString(Delivery)), r.Text(Delivery + 1), r.GetInt32(Delivery + 2),
                r.GetInt32(Delivery + 3), r.Text(Delivery + 4),
                new(r.MaybeTime(Delivery + 5), r.MaybeTime(Delivery + 6), r.MaybeTime(Delivery + 7)));
        return new(r.GetGuid(0), OtpTable.Read(r, Delivery + 8), change, delivery, r.GetInt64(1));
    }

    public static Callback Read(DbDataReader r) => new()
    {
        Id = r.GetGuid(0),
        OtpId = r.GetGuid(1),
        ApplicationId = r.GetGuid(2),
        Sequence = r.GetInt64(3),
        Status = EnumText<CallbackStatus>.Parse(r.GetString(4)),
        Reason = r.Text(5),
        Content = r.MaybeBytes(6),
        Attempts = r.GetInt32(7),
        Failures = r.GetInt32(8),
        DueAt = r.Time(9),
        LeaseId = r.Value<Guid>(10),
        CreatedAt = r.Time(11),
        UpdatedAt = r.Time(12),
        Previous = r.GetInt64(13),
    };

    public static CallbackAttempt ReadAttempt(DbDataReader r) => new()
    {
        CallbackId = r.GetGuid(0),
        Number = r.GetInt32(1),
        StartedAt = r.Time(2),
        DurationMs = r.GetInt32(3),
        HttpStatus = r.Value<int>(4),
        Error = r.Text(5),
        Answer = r.MaybeBytes(6),
    };
}
