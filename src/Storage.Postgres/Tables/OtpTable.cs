using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Storage.Postgres.Sessions;

namespace OtpPipeline.Storage.Postgres.Tables;

/// <summary>SQL for table otps (alias o).</summary>
internal static class OtpTable
{
    public const string Columns =
        "o.id, o.application_id, o.track_id, o.channel, o.country_iso, o.recipient_hash, o.details, o.status, o.reason, o.sequence, " +
        "o.attempts, "
        + "o.max_attempts, o.ttl, o.parts, o.cost, o.metadata, o.verified_by, o.created_at, o.expires_at, o.final_at, "
        + "o.delivery_sequence, o.callback_events, o.plan, o.is_test, o.events";

    public const int Width = 25;

    public static Otp Read(NpgsqlDataReader r, int at = 0) => new()
    {
        Id = r.GetGuid(at),
        ApplicationId = r.GetGuid(at + 1),
        TrackId = r.Value<Guid>(at + 2),
        Channel = EnumText<Channel>.Parse(r.GetString(at + 3)),
        CountryIso = r.Text(at + 4),
        RecipientHash = r.Bytes(at + 5),
        Details = r.Bytes(at + 6),
        Status = EnumText<OtpStatus>.Parse(r.GetString(at + 7)),
        Reason = r.Text(at + 8) is { } reason ? EnumText<OtpReason>.Parse(reason) : null,
        Sequence = r.GetInt64(at + 9),
        Attempts = r.GetInt32(at + 10),
        MaxAttempts = r.GetInt32(at + 11),
        Ttl = r.GetInt32(at + 12),
        Parts = r.GetInt32(at + 13),
        Cost = r.GetDecimal(at + 14),
        Metadata = r.IsDBNull(at + 15) ? null : r.Bytes(at + 15),
        VerifiedBy = r.IsDBNull(at + 16) ? null : r.Bytes(at + 16),
        CreatedAt = r.GetDateTime(at + 17),
        ExpiresAt = r.GetDateTime(at + 18),
        FinalAt = r.Value<DateTime>(at + 19),
        DeliverySequence = r.GetInt64(at + 20),
        CallbackEvents = r.Text(at + 21) is { } events ? EnumText<CallbackEvents>.Parse(events) : null,
        Plan = r.Text(at + 22),
        IsTest = r.GetBoolean(at + 23),
        Events = r.Text(at + 24) is { } published ? EnumText<PublishedEvents>.Parse(published) : null,
    };

    public static void Insert(NpgsqlBatch batch, IReadOnlyCollection<Otp> otps) => batch.Add(
        """
        INSERT INTO otps (id, application_id, track_id, channel, country_iso, recipient_hash, limit_hash, lookup_hash, external_hash, details,
                          status, sequence, attempts, max_attempts, ttl, parts, cost, metadata, created_at, expires_at, delivery_sequence,
                          callback_events, plan, is_test, events)
        SELECT id, application_id, track_id, channel, country_iso, recipient_hash, limit_hash, lookup_hash, external_hash, details,
               'PENDING', 1, 0, max_attempts, ttl, parts, cost, metadata, created_at, expires_at, 0, callback_events, plan, is_test, events
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
            AS o (id, application_id, track_id, channel, country_iso, recipient_hash, limit_hash, lookup_hash, external_hash, details,
                  max_attempts, ttl, parts, cost, metadata, created_at, expires_at, callback_events, plan, is_test, events)
        """,
        Parameters.From(otps, o => o.Id, NpgsqlDbType.Uuid),
        Parameters.From(otps, o => o.ApplicationId, NpgsqlDbType.Uuid),
        Parameters.From(otps, o => o.TrackId, NpgsqlDbType.Uuid),
        Parameters.From(otps, o => o.Channel.Text(), NpgsqlDbType.Text),
        Parameters.From(otps, o => o.CountryIso, NpgsqlDbType.Text),
        Parameters.From(otps, o => o.RecipientHash, NpgsqlDbType.Bytea),
        Parameters.From(otps, o => o.LimitHash, NpgsqlDbType.Bytea),
        Parameters.From(otps, o => o.LookupHash, NpgsqlDbType.Bytea),
        Parameters.From(otps, o => o.ExternalHash, NpgsqlDbType.Bytea),
        Parameters.From(otps, o => o.Details, NpgsqlDbType.Bytea),
        Parameters.From(otps, o => o.MaxAttempts, NpgsqlDbType.Integer),
        Parameters.From(otps, o => o.Ttl, NpgsqlDbType.Integer),
        Parameters.From(otps, o => o.Parts, NpgsqlDbType.Integer),
        Parameters.From(otps, o => o.Cost, NpgsqlDbType.Numeric),
        Parameters.From(otps, o => o.Metadata, NpgsqlDbType.Bytea),
        Parameters.From(otps, o => o.CreatedAt, NpgsqlDbType.TimestampTz),
        Parameters.From(otps, o => o.ExpiresAt, NpgsqlDbType.TimestampTz),
        Parameters.From(otps, o => o.CallbackEvents is { } events ? EnumText<CallbackEvents>.Lower(events) : null, NpgsqlDbType.Text),
        Parameters.From(otps, o => o.Plan, NpgsqlDbType.Text),
        Parameters.From(otps, o => o.IsTest, NpgsqlDbType.Boolean),
        Parameters.From(otps, o => o.Events is { } events ? EnumText<PublishedEvents>.Lower(events) : null, NpgsqlDbType.Text));

    public static void Update(NpgsqlBatch batch, IReadOnlyCollection<Otp> otps) => batch.Add(
        """
        UPDATE otps o
        SET status = u.status, reason = u.reason, sequence = u.sequence, attempts = u.attempts, verified_by = u.verified_by, final_at = u.final_at,
            delivery_sequence = u.delivery_sequence
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) AS u (id, status, reason, sequence, attempts, verified_by, final_at, delivery_sequence)
        WHERE o.id = u.id
        """,
        Parameters.From(otps, o => o.Id, NpgsqlDbType.Uuid),
        Parameters.From(otps, o => EnumText<OtpStatus>.Upper(o.Status), NpgsqlDbType.Text),
        Parameters.From(otps, o => o.Reason is { } reason ? EnumText<OtpReason>.Lower(reason) : null, NpgsqlDbType.Text),
        Parameters.From(otps, o => o.Sequence, NpgsqlDbType.Bigint),
        Parameters.From(otps, o => o.Attempts, NpgsqlDbType.Integer),
        Parameters.From(otps, o => o.VerifiedBy, NpgsqlDbType.Bytea),
        Parameters.From(otps, o => o.FinalAt, NpgsqlDbType.TimestampTz),
        Parameters.From(otps, o => o.DeliverySequence, NpgsqlDbType.Bigint));

    /// <summary>
    /// Returns the lookup hashes that a live OTP has. A transaction that creates another such OTP locks its recipient's history.
    /// </summary>
    public static void FindLive(NpgsqlBatch batch, IReadOnlyCollection<byte[]> lookups) => batch.Add(
        "SELECT o.lookup_hash FROM otps o WHERE o.lookup_hash = ANY ($1) AND o.status = 'PENDING' AND o.expires_at > clock_timestamp()",
        Parameters.From(lookups, l => l, NpgsqlDbType.Bytea));
}
