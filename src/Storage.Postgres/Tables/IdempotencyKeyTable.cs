using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Storage.Postgres.Sessions;

namespace OtpPipeline.Storage.Postgres.Tables;

/// <summary>SQL for table idempotency_keys.</summary>
internal static class IdempotencyKeyTable
{
    public static void Claim(NpgsqlBatch batch, IReadOnlyCollection<NewOtp> requests, TimeSpan retention)
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
            Parameters.From(requests, o => o.ApplicationId, NpgsqlDbType.Uuid),
            Parameters.From(requests, o => o.IdempotencyHash, NpgsqlDbType.Bytea),
            Parameters.From(requests, o => o.CommandHash, NpgsqlDbType.Bytea),
            Parameters.From(requests, o => o.OtpId, NpgsqlDbType.Uuid),
            new() { Value = retention });
        batch.Add(
            $"""
            SELECT k.otp_id, i.command_hash, {OtpTable.Columns}
            FROM unnest($1, $2, $3) AS k (application_id, key_hash, otp_id)
            JOIN idempotency_keys i ON i.application_id = k.application_id AND i.key_hash = k.key_hash AND i.otp_id <> k.otp_id
            LEFT JOIN otps o ON o.id = i.otp_id
            """,
            Parameters.From(requests, o => o.ApplicationId, NpgsqlDbType.Uuid),
            Parameters.From(requests, o => o.IdempotencyHash, NpgsqlDbType.Bytea),
            Parameters.From(requests, o => o.OtpId, NpgsqlDbType.Uuid));
    }

    public static void Release(NpgsqlBatch batch, IReadOnlyCollection<NewOtp> requests) => batch.Add(
        "DELETE FROM idempotency_keys WHERE (application_id, key_hash) IN (SELECT a, k FROM unnest($1, $2) AS r (a, k))",
        Parameters.From(requests, o => o.ApplicationId, NpgsqlDbType.Uuid),
        Parameters.From(requests, o => o.IdempotencyHash, NpgsqlDbType.Bytea));
}
