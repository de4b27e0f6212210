using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Storage.Postgres.Sessions;
using OtpPipeline.Storage.Postgres.Statements;

namespace OtpPipeline.Storage.Postgres.Otps;

/// <summary>The statements that only the intake needs.</summary>
internal static class IntakeStatements
{
    public static void ClaimKeys(NpgsqlBatch batch, IReadOnlyCollection<NewOtp> requests, TimeSpan retention)
    {
        batch.Add(
            """
            INSERT INTO idempotency_keys AS i (application_id, key_hash, command_hash, otp_id, expires_at)
            SELECT k.application_id, k.key_hash, k.command_hash, k.otp_id, clock_timestamp() + $5
            FROM unnest($1, $2, $3, $4) AS k (application_id, key_hash, command_hash, otp_id)
            ORDER BY k.application_id, k.key_hash
            ON CONFLICT (application_id, key_hash) DO UPDATE
            SET command_hash = excluded.command_hash, otp_id = excluded.otp_id, expires_at = excluded.expires_at
            WHERE i.expires_at <= clock_timestamp()
            """,
            Columns.From(requests, o => o.ApplicationId, NpgsqlDbType.Uuid),
            Columns.From(requests, o => o.IdempotencyHash, NpgsqlDbType.Bytea),
            Columns.From(requests, o => o.CommandHash, NpgsqlDbType.Bytea),
            Columns.From(requests, o => o.OtpId, NpgsqlDbType.Uuid),
            new() { Value = retention });
        batch.Add(
            $"""
            SELECT k.otp_id, i.command_hash, {Rows.Otp}
            FROM unnest($1, $2, $3) AS k (application_id, key_hash, otp_id)
            JOIN idempotency_keys i ON i.application_id = k.application_id AND i.key_hash = k.key_hash AND i.otp_id <> k.otp_id
            LEFT JOIN otps o ON o.id = i.otp_id
            """,
            Columns.From(requests, o => o.ApplicationId, NpgsqlDbType.Uuid),
            Columns.From(requests, o => o.IdempotencyHash, NpgsqlDbType.Bytea),
            Columns.From(requests, o => o.OtpId, NpgsqlDbType.Uuid));
    }

    public static void ReleaseKeys(NpgsqlBatch batch, IReadOnlyCollection<NewOtp> requests) => batch.Add(
        "DELETE FROM idempotency_keys WHERE (application_id, key_hash) IN (SELECT a, k FROM unnest($1, $2) AS r (a, k))",
        Columns.From(requests, o => o.ApplicationId, NpgsqlDbType.Uuid),
        Columns.From(requests, o => o.IdempotencyHash, NpgsqlDbType.Bytea));

    /// <summary>Those of the lookup hashes that a live OTP has. Whoever would make another one holds the history of its recipient.</summary>
    public static void FindLive(NpgsqlBatch batch, IReadOnlyCollection<byte[]> lookups) => batch.Add(
        "SELECT o.lookup_hash FROM otps o WHERE o.lookup_hash = ANY ($1) AND o.status = 'PENDING' AND o.expires_at > clock_timestamp()",
        Columns.From(lookups, l => l, NpgsqlDbType.Bytea));

    public static void Insert(NpgsqlBatch batch, IntakeDecisions decisions)
    {
        var otps = decisions.Otps;
        batch.Add(
            """
            INSERT INTO otps (id, application_id, track_id, channel, country_iso, recipient_hash, limit_hash, lookup_hash, details, status, sequence,
                              attempts, max_attempts, ttl, parts, cost, metadata, created_at, expires_at, delivery_sequence, callback_events)
            SELECT id, application_id, track_id, channel, country_iso, recipient_hash, limit_hash, lookup_hash, details, 'PENDING', 1, 0,
                   max_attempts, ttl, parts, cost, metadata, created_at, expires_at, 0, callback_events
            FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
                AS o (id, application_id, track_id, channel, country_iso, recipient_hash, limit_hash, lookup_hash, details, max_attempts, ttl, parts, cost, metadata,
                      created_at, expires_at, callback_events)
            """,
            Columns.From(otps, o => o.Id, NpgsqlDbType.Uuid),
            Columns.From(otps, o => o.ApplicationId, NpgsqlDbType.Uuid),
            Columns.From(otps, o => o.TrackId, NpgsqlDbType.Uuid),
            Columns.From(otps, o => o.Channel.Text(), NpgsqlDbType.Text),
            Columns.From(otps, o => o.CountryIso, NpgsqlDbType.Text),
            Columns.From(otps, o => o.RecipientHash, NpgsqlDbType.Bytea),
            Columns.From(otps, o => o.LimitHash, NpgsqlDbType.Bytea),
            Columns.From(otps, o => o.LookupHash, NpgsqlDbType.Bytea),
            Columns.From(otps, o => o.Details, NpgsqlDbType.Bytea),
            Columns.From(otps, o => o.MaxAttempts, NpgsqlDbType.Integer),
            Columns.From(otps, o => o.Ttl, NpgsqlDbType.Integer),
            Columns.From(otps, o => o.Parts, NpgsqlDbType.Integer),
            Columns.From(otps, o => o.Cost, NpgsqlDbType.Numeric),
            Columns.From(otps, o => o.Metadata, NpgsqlDbType.Bytea),
            Columns.From(otps, o => o.CreatedAt, NpgsqlDbType.TimestampTz),
            Columns.From(otps, o => o.ExpiresAt, NpgsqlDbType.TimestampTz),
            Columns.From(otps, o => o.CallbackEvents is { } events ? EnumText<CallbackEvents>.Lower(events) : null, NpgsqlDbType.Text));
        ChangeStatements.Insert(batch, [.. otps.Select(OtpChange.Created)]);

        var pins = decisions.Pins;
        batch.Add(
            """
            INSERT INTO otp_pins (otp_id, version, ciphertext, key_id, valid_until, exact, message, find_hash, unique_hash)
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            Columns.From(pins, p => p.OtpId, NpgsqlDbType.Uuid),
            Columns.From(pins, p => p.Version, NpgsqlDbType.Integer),
            Columns.From(pins, p => p.Ciphertext, NpgsqlDbType.Bytea),
            Columns.From(pins, p => p.KeyId, NpgsqlDbType.Text),
            Columns.From(pins, p => p.ValidUntil, NpgsqlDbType.TimestampTz),
            Columns.From(pins, p => p.Exact, NpgsqlDbType.Boolean),
            Columns.From(pins, p => p.Message, NpgsqlDbType.Bytea),
            Columns.From(pins, p => p.FindHash, NpgsqlDbType.Bytea),
            Columns.From(pins, p => p.UniqueHash, NpgsqlDbType.Bytea));
    }
}
