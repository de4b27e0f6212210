using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Storage.Postgres.Sessions;

namespace OtpPipeline.Storage.Postgres.Statements;

/// <summary>The statements that write deliveries, for the intake and for everything later.</summary>
internal static class DeliveryStatements
{
    /// <summary>Of deliveries d: those that the index ix_deliveries_published holds.</summary>
    public const string Published = "d.status = 'QUEUED' AND d.waiting_since IS NULL";

    /// <summary>Of deliveries d: those that the index ix_deliveries_waiting holds.</summary>
    public const string Waiting = "d.status = 'QUEUED' AND d.waiting_since IS NOT NULL";

    public static void Insert(NpgsqlBatch batch, IReadOnlyCollection<Delivery> deliveries) => batch.Add(
        """
        INSERT INTO deliveries (id, otp_id, application_id, channel, provider, step, attempt, status, due_at, publish_due_at, waiting_since, trace_parent,
                                republished, created_at, updated_at)
        SELECT id, otp_id, application_id, channel, provider, step, attempt, 'QUEUED', due_at, publish_due_at, waiting_since, trace_parent, 0, created_at, created_at
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            AS d (id, otp_id, application_id, channel, provider, step, attempt, due_at, publish_due_at, waiting_since, trace_parent, created_at)
        """,
        Columns.From(deliveries, d => d.Id, NpgsqlDbType.Uuid),
        Columns.From(deliveries, d => d.OtpId, NpgsqlDbType.Uuid),
        Columns.From(deliveries, d => d.ApplicationId, NpgsqlDbType.Uuid),
        Columns.From(deliveries, d => d.Channel.Text(), NpgsqlDbType.Text),
        Columns.From(deliveries, d => d.Provider, NpgsqlDbType.Text),
        Columns.From(deliveries, d => d.Step, NpgsqlDbType.Integer),
        Columns.From(deliveries, d => d.Attempt, NpgsqlDbType.Integer),
        Columns.From(deliveries, d => d.DueAt, NpgsqlDbType.TimestampTz),
        Columns.From(deliveries, d => d.PublishDueAt, NpgsqlDbType.TimestampTz),
        Columns.From(deliveries, d => d.WaitingSince, NpgsqlDbType.TimestampTz),
        Columns.From(deliveries, d => d.TraceParent, NpgsqlDbType.Text),
        Columns.From(deliveries, d => d.CreatedAt, NpgsqlDbType.TimestampTz));

    public static void Update(NpgsqlBatch batch, IReadOnlyCollection<Delivery> deliveries) => batch.Add(
        """
        UPDATE deliveries d
        SET status = u.status, reason = u.reason, provider_message_id = u.provider_message_id, publish_due_at = u.publish_due_at,
            republished = u.republished, updated_at = u.updated_at
        FROM unnest($1, $2, $3, $4, $5, $6, $7) AS u (id, status, reason, provider_message_id, publish_due_at, republished, updated_at)
        WHERE d.id = u.id
        """,
        Columns.From(deliveries, d => d.Id, NpgsqlDbType.Uuid),
        Columns.From(deliveries, d => EnumText<DeliveryStatus>.Upper(d.Status), NpgsqlDbType.Text),
        Columns.From(deliveries, d => d.Reason, NpgsqlDbType.Text),
        Columns.From(deliveries, d => d.ProviderMessageId, NpgsqlDbType.Text),
        Columns.From(deliveries, d => d.PublishDueAt, NpgsqlDbType.TimestampTz),
        Columns.From(deliveries, d => d.Republished, NpgsqlDbType.Integer),
        Columns.From(deliveries, d => d.UpdatedAt, NpgsqlDbType.TimestampTz));
}
