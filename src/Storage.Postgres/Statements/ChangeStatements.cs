using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Otps;
using OtpPipeline.Storage.Postgres.Sessions;

namespace OtpPipeline.Storage.Postgres.Statements;

/// <summary>The statements that write changes, and the callbacks that they owe.</summary>
internal static class ChangeStatements
{
    public static void Insert(NpgsqlBatch batch, IReadOnlyCollection<OtpChange> changes) => batch.Add(
        """
        INSERT INTO otp_changes (otp_id, sequence, kind, delivery_id, status, reason, occurred_at)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)
        """,
        Columns.From(changes, c => c.OtpId, NpgsqlDbType.Uuid),
        Columns.From(changes, c => c.Sequence, NpgsqlDbType.Bigint),
        Columns.From(changes, c => EnumText<OtpChangeKind>.Lower(c.Kind), NpgsqlDbType.Text),
        Columns.From(changes, c => c.DeliveryId, NpgsqlDbType.Uuid),
        Columns.From(changes, c => c.Status, NpgsqlDbType.Text),
        Columns.From(changes, c => c.Reason, NpgsqlDbType.Text),
        Columns.From(changes, c => c.OccurredAt, NpgsqlDbType.TimestampTz));

    // Due after a while: until then the message of the change claims it, and the job finds only what no message claimed.
    public static void InsertCallbacks(NpgsqlBatch batch, IReadOnlyCollection<Callback> callbacks) => batch.Add(
        """
        INSERT INTO callbacks (id, otp_id, application_id, sequence, previous, status, attempts, failures, due_at, created_at, updated_at)
        SELECT id, otp_id, application_id, sequence, previous, 'PENDING', 0, 0, clock_timestamp() + $7, created_at, created_at
        FROM unnest($1, $2, $3, $4, $5, $6) AS c (id, otp_id, application_id, sequence, previous, created_at)
        """,
        Columns.From(callbacks, c => c.Id, NpgsqlDbType.Uuid),
        Columns.From(callbacks, c => c.OtpId, NpgsqlDbType.Uuid),
        Columns.From(callbacks, c => c.ApplicationId, NpgsqlDbType.Uuid),
        Columns.From(callbacks, c => c.Sequence, NpgsqlDbType.Bigint),
        Columns.From(callbacks, c => c.Previous, NpgsqlDbType.Bigint),
        Columns.From(callbacks, c => c.CreatedAt, NpgsqlDbType.TimestampTz),
        new() { Value = CallbackOptions.MessageTime });
}
