using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Callbacks.Sending;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Storage.Postgres.Sessions;

namespace OtpPipeline.Storage.Postgres.Tables;

/// <summary>SQL for table callbacks (alias c) and its attempts (alias a).</summary>
internal static class CallbackTable
{
    public const string Columns =
        "c.id, c.otp_id, c.application_id, c.sequence, c.status, c.reason, c.content, c.attempts, c.failures, "
        + "c.due_at, c.lease_id, c.created_at, c.updated_at, c.previous";

    public const string AttemptColumns = "a.callback_id, a.number, a.started_at, a.duration_ms, a.http_status, a.error, a.answer";

    public const string Unsent =
        $"""
        SELECT c.id, c.previous, {OtpChangeTable.Columns}, d.channel, d.provider, d.step, d.attempt, d.provider_message_id,
               d.sent_at, d.delivered_at, d.read_at, {OtpTable.Columns}
        FROM callbacks c
        JOIN otps o ON o.id = c.otp_id
        JOIN otp_changes h ON h.otp_id = c.otp_id AND h.sequence = c.sequence
        LEFT JOIN deliveries d ON d.otp_id = h.otp_id AND d.id = h.delivery_id
        """;

    // Only the first attempt: a callback claimed once is due again when its lease ends.
    public const string Claim =
        $"""
        WITH n AS MATERIALIZED (SELECT * FROM unnest($1, $2) AS n (id, content) ORDER BY id)
        UPDATE callbacks c SET content = n.content, lease_id = $3, due_at = clock_timestamp() + $4
        FROM n WHERE c.id = n.id AND c.content IS NULL AND c.lease_id IS NULL AND {Rows.Unindexed}c.status = 'PENDING'
        RETURNING c.id
        """;

    public const string Store =
        """
        WITH n AS MATERIALIZED (SELECT * FROM unnest($1, $2) AS n (id, content) ORDER BY id)
        UPDATE callbacks c SET content = n.content
        FROM n WHERE c.id = n.id AND c.content IS NULL AND c.lease_id = $3
        RETURNING c.id
        """;

    public const string ClaimDue =
        $"""
        WITH due AS MATERIALIZED (
            SELECT d.id
            FROM unnest($3) AS a (application_id)
            CROSS JOIN LATERAL (
                SELECT p.id FROM callbacks p
                WHERE p.status = 'PENDING' AND p.application_id = a.application_id AND p.due_at <= (SELECT clock_timestamp())
                ORDER BY p.due_at LIMIT $4 FOR UPDATE SKIP LOCKED) d)
        UPDATE callbacks c SET lease_id = $1, due_at = clock_timestamp() + $2
        FROM due WHERE c.id = due.id
        RETURNING {Columns}
        """;

    // One index step per application, however many callbacks each has.
    public const string DueApplications =
        """
        WITH RECURSIVE a AS (
            (SELECT application_id FROM callbacks WHERE status = 'PENDING' ORDER BY application_id LIMIT 1)
            UNION ALL
            SELECT n.application_id
            FROM a CROSS JOIN LATERAL (
                SELECT c.application_id FROM callbacks c
                WHERE c.status = 'PENDING' AND c.application_id > a.application_id
                ORDER BY c.application_id LIMIT 1) n)
        SELECT a.application_id FROM a
        WHERE EXISTS (
            SELECT 1 FROM callbacks c
            WHERE c.status = 'PENDING' AND c.application_id = a.application_id AND c.due_at <= (SELECT clock_timestamp()))
        """;

    // A report counts only for its own lease. It adds an attempt only if one was made.
    public const string Record =
        $"""
        WITH r AS MATERIALIZED (
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS r (id, lease_id, status, reason, delay, made, duration, http_status, error, answer)
            ORDER BY id),
        written AS (
            UPDATE callbacks c
            SET status = r.status, reason = r.reason, lease_id = NULL, due_at = clock_timestamp() + r.delay, updated_at = clock_timestamp(),
                attempts = c.attempts + r.made, failures = c.failures + CASE WHEN r.status = 'DELIVERED' THEN 0 ELSE r.made END
            FROM r WHERE c.id = r.id AND c.lease_id = r.lease_id AND {Rows.Unindexed}c.status = 'PENDING'
            RETURNING c.id, c.attempts),
        noted AS (
            INSERT INTO callback_attempts (callback_id, number, started_at, duration_ms, http_status, error, answer)
            SELECT w.id, w.attempts, clock_timestamp() - r.duration, (extract(epoch FROM r.duration) * 1000)::int, r.http_status, r.error, r.answer
            FROM written w JOIN r USING (id) WHERE r.made = 1)
        SELECT id FROM written
        """;

    // Due after a delay. Until then the change's message claims the callback, so the job finds only those that no message claimed.
    public static void Insert(NpgsqlBatch batch, IReadOnlyCollection<Callback> callbacks) => batch.Add(
        """
        INSERT INTO callbacks (id, otp_id, application_id, sequence, previous, status, attempts, failures, due_at, created_at, updated_at)
        SELECT id, otp_id, application_id, sequence, previous, 'PENDING', 0, 0, clock_timestamp() + $7, created_at, created_at
        FROM unnest($1, $2, $3, $4, $5, $6) AS c (id, otp_id, application_id, sequence, previous, created_at)
        """,
        Parameters.From(callbacks, c => c.Id, NpgsqlDbType.Uuid),
        Parameters.From(callbacks, c => c.OtpId, NpgsqlDbType.Uuid),
        Parameters.From(callbacks, c => c.ApplicationId, NpgsqlDbType.Uuid),
        Parameters.From(callbacks, c => c.Sequence, NpgsqlDbType.Bigint),
        Parameters.From(callbacks, c => c.Previous, NpgsqlDbType.Bigint),
        Parameters.From(callbacks, c => c.CreatedAt, NpgsqlDbType.TimestampTz),
        new() { Value = CallbackOptions.MessageTime });

    public static UnsentCallback ReadUnsent(NpgsqlDataReader r)
    {
        const int Delivery = 2 + OtpChangeTable.Width;
        var change = OtpChangeTable.Read(r, 2);
        var delivery = change.DeliveryId is null || r.IsDBNull(Delivery)
            ? null
            : change.DeliveryOf(
                EnumText<Channel>.Parse(r.GetString(Delivery)), r.Text(Delivery + 1), r.GetInt32(Delivery + 2),
                r.GetInt32(Delivery + 3), r.Text(Delivery + 4),
                new(r.Value<DateTime>(Delivery + 5), r.Value<DateTime>(Delivery + 6), r.Value<DateTime>(Delivery + 7)));
        return new(r.GetGuid(0), OtpTable.Read(r, Delivery + 8), change, delivery, r.GetInt64(1));
    }

    public static Callback Read(NpgsqlDataReader r) => new()
    {
        Id = r.GetGuid(0),
        OtpId = r.GetGuid(1),
        ApplicationId = r.GetGuid(2),
        Sequence = r.GetInt64(3),
        Status = EnumText<CallbackStatus>.Parse(r.GetString(4)),
        Reason = r.Text(5),
        Content = r.IsDBNull(6) ? null : r.Bytes(6),
        Attempts = r.GetInt32(7),
        Failures = r.GetInt32(8),
        DueAt = r.GetDateTime(9),
        LeaseId = r.Value<Guid>(10),
        CreatedAt = r.GetDateTime(11),
        UpdatedAt = r.GetDateTime(12),
        Previous = r.GetInt64(13),
    };

    public static CallbackAttempt ReadAttempt(NpgsqlDataReader r) => new()
    {
        CallbackId = r.GetGuid(0),
        Number = r.GetInt32(1),
        StartedAt = r.GetDateTime(2),
        DurationMs = r.GetInt32(3),
        HttpStatus = r.Value<int>(4),
        Error = r.Text(5),
        Answer = r.IsDBNull(6) ? null : r.Bytes(6),
    };
}
