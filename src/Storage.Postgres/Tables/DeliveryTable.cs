using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Storage.Postgres.Sessions;

namespace OtpPipeline.Storage.Postgres.Tables;

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

    public static Delivery Read(NpgsqlDataReader r) => new()
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
        DueAt = r.GetDateTime(9),
        PublishDueAt = r.GetDateTime(10),
        Republished = r.GetInt32(11),
        LeaseId = r.Value<Guid>(12),
        LeaseUntil = r.Value<DateTime>(13),
        CreatedAt = r.GetDateTime(14),
        UpdatedAt = r.GetDateTime(15),
        ApplicationId = r.GetGuid(16),
        WaitingSince = r.Value<DateTime>(17),
        SentAt = r.Value<DateTime>(18),
        DeliveredAt = r.Value<DateTime>(19),
        ReadAt = r.Value<DateTime>(20),
        IsResend = r.GetBoolean(21),
        Route = r.GetString(22),
        Round = r.GetInt32(23),
        Tried = r.GetString(24),
        Cost = r.GetDecimal(25),
    };

    public static void Insert(NpgsqlBatch batch, IReadOnlyCollection<Delivery> deliveries) => batch.Add(
        """
        INSERT INTO deliveries (id, otp_id, application_id, channel, route, step, attempt, round, tried, cost, status, due_at, publish_due_at,
                                waiting_since, trace_parent, is_resend, republished, created_at, updated_at)
        SELECT id, otp_id, application_id, channel, route, step, attempt, round, tried, cost, 'QUEUED', due_at, publish_due_at,
               waiting_since, trace_parent, is_resend, 0, created_at, created_at
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
            AS d (id, otp_id, application_id, channel, route, step, attempt, round, tried, due_at, publish_due_at, waiting_since, trace_parent,
                  created_at, is_resend, cost)
        """,
        Parameters.From(deliveries, d => d.Id, NpgsqlDbType.Uuid),
        Parameters.From(deliveries, d => d.OtpId, NpgsqlDbType.Uuid),
        Parameters.From(deliveries, d => d.ApplicationId, NpgsqlDbType.Uuid),
        Parameters.From(deliveries, d => d.Channel.Text(), NpgsqlDbType.Text),
        Parameters.From(deliveries, d => d.Route, NpgsqlDbType.Text),
        Parameters.From(deliveries, d => d.Step, NpgsqlDbType.Integer),
        Parameters.From(deliveries, d => d.Attempt, NpgsqlDbType.Integer),
        Parameters.From(deliveries, d => d.Round, NpgsqlDbType.Integer),
        Parameters.From(deliveries, d => d.Tried, NpgsqlDbType.Text),
        Parameters.From(deliveries, d => d.DueAt, NpgsqlDbType.TimestampTz),
        Parameters.From(deliveries, d => d.PublishDueAt, NpgsqlDbType.TimestampTz),
        Parameters.From(deliveries, d => d.WaitingSince, NpgsqlDbType.TimestampTz),
        Parameters.From(deliveries, d => d.TraceParent, NpgsqlDbType.Text),
        Parameters.From(deliveries, d => d.CreatedAt, NpgsqlDbType.TimestampTz),
        Parameters.From(deliveries, d => d.IsResend, NpgsqlDbType.Boolean),
        Parameters.From(deliveries, d => d.Cost, NpgsqlDbType.Numeric));

    public static void Update(NpgsqlBatch batch, IReadOnlyCollection<Delivery> deliveries) => batch.Add(
        """
        UPDATE deliveries d
        SET status = u.status, reason = u.reason, provider_message_id = u.provider_message_id, publish_due_at = u.publish_due_at,
            republished = u.republished, updated_at = u.updated_at, sent_at = u.sent_at, delivered_at = u.delivered_at, read_at = u.read_at,
            cost = u.cost
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            AS u (otp_id, step, attempt, status, reason, provider_message_id, publish_due_at, republished, updated_at, sent_at, delivered_at,
                  read_at, cost)
        WHERE d.otp_id = u.otp_id AND d.step = u.step AND d.attempt = u.attempt
        """,
        Parameters.From(deliveries, d => d.OtpId, NpgsqlDbType.Uuid),
        Parameters.From(deliveries, d => d.Step, NpgsqlDbType.Integer),
        Parameters.From(deliveries, d => d.Attempt, NpgsqlDbType.Integer),
        Parameters.From(deliveries, d => EnumText<DeliveryStatus>.Upper(d.Status), NpgsqlDbType.Text),
        Parameters.From(deliveries, d => d.Reason, NpgsqlDbType.Text),
        Parameters.From(deliveries, d => d.ProviderMessageId, NpgsqlDbType.Text),
        Parameters.From(deliveries, d => d.PublishDueAt, NpgsqlDbType.TimestampTz),
        Parameters.From(deliveries, d => d.Republished, NpgsqlDbType.Integer),
        Parameters.From(deliveries, d => d.UpdatedAt, NpgsqlDbType.TimestampTz),
        Parameters.From(deliveries, d => d.SentAt, NpgsqlDbType.TimestampTz),
        Parameters.From(deliveries, d => d.DeliveredAt, NpgsqlDbType.TimestampTz),
        Parameters.From(deliveries, d => d.ReadAt, NpgsqlDbType.TimestampTz),
        Parameters.From(deliveries, d => d.Cost, NpgsqlDbType.Numeric));
}
