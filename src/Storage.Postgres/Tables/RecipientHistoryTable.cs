using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Storage.Postgres.Sessions;

namespace OtpPipeline.Storage.Postgres.Tables;

/// <summary>SQL for table recipient_histories (alias h). Rows are locked in key order, after the OTPs.</summary>
internal static class RecipientHistoryTable
{
    public const string Columns = "h.application_id, h.recipient_hash, h.sends, h.failed_guesses, h.cool_off_until, h.updated_at";

    private const string LockSql =
        $"""
        SELECT {Columns} FROM recipient_histories h
        JOIN unnest($1, $2) AS r (application_id, recipient_hash) ON h.application_id = r.application_id AND h.recipient_hash = r.recipient_hash
        ORDER BY h.application_id, h.recipient_hash FOR UPDATE OF h
        """;

    public static RecipientHistory Read(NpgsqlDataReader r) => Read(r, 0);

    public static RecipientHistory Read(NpgsqlDataReader r, int at) => new()
    {
        ApplicationId = r.GetGuid(at),
        RecipientHash = r.Bytes(at + 1),
        Sends = r.GetFieldValue<long[]>(at + 2),
        FailedGuesses = r.GetInt32(at + 3),
        CoolOffUntil = r.Value<DateTime>(at + 4),
        UpdatedAt = r.GetDateTime(at + 5),
    };

    /// <summary>Locks the histories of these OTPs' recipients; each row begins with the OTP's id.</summary>
    public static void LockOf(NpgsqlBatch batch, IReadOnlyCollection<Guid> otpIds) => batch.Add(
        $"""
        SELECT o.id, {Columns} FROM otps o
        JOIN recipient_histories h ON h.application_id = o.application_id AND h.recipient_hash = coalesce(o.limit_hash, o.recipient_hash)
        WHERE o.id = ANY ($1)
        ORDER BY h.application_id, h.recipient_hash FOR UPDATE OF h
        """,
        Parameters.From(otpIds));

    /// <summary>
    /// Creates missing histories with this request already counted, so that a new one costs one write. The second statement locks and reads
    /// all. A history that the first statement returns is new.
    /// </summary>
    public static void MakeAndLock(NpgsqlBatch batch, IReadOnlyCollection<(Guid ApplicationId, byte[] Hash)> keys)
    {
        batch.Add(
            """
            INSERT INTO recipient_histories (application_id, recipient_hash, sends, failed_guesses, updated_at)
            SELECT r.application_id, r.recipient_hash, ARRAY[(extract(epoch FROM c.now) * 1000)::bigint], 0, c.now
            FROM unnest($1, $2) AS r (application_id, recipient_hash), (SELECT clock_timestamp() AS now) c
            ORDER BY r.application_id, r.recipient_hash
            ON CONFLICT DO NOTHING
            RETURNING application_id, recipient_hash
            """,
            Applications(keys),
            Hashes(keys));
        batch.Add(LockSql, Applications(keys), Hashes(keys));
    }

    /// <summary>Creates missing histories without a send, and locks and reads all in key order.</summary>
    public static void MakeEmptyAndLock(NpgsqlBatch batch, IReadOnlyCollection<(Guid ApplicationId, byte[] Hash)> keys)
    {
        batch.Add(
            """
            INSERT INTO recipient_histories (application_id, recipient_hash, sends, failed_guesses, updated_at)
            SELECT r.application_id, r.recipient_hash, '{}', 0, clock_timestamp()
            FROM unnest($1, $2) AS r (application_id, recipient_hash) ORDER BY r.application_id, r.recipient_hash
            ON CONFLICT DO NOTHING
            """,
            Applications(keys),
            Hashes(keys));
        batch.Add(LockSql, Applications(keys), Hashes(keys));
    }

    public static void UpdateSends(NpgsqlBatch batch, IReadOnlyCollection<RecipientHistory> histories, DateTime now) => batch.Add(
        """
        UPDATE recipient_histories h SET sends = u.sends::bigint[], updated_at = $4
        FROM unnest($1, $2, $3) AS u (application_id, recipient_hash, sends)
        WHERE h.application_id = u.application_id AND h.recipient_hash = u.recipient_hash
        """,
        Parameters.From(histories, h => h.ApplicationId, NpgsqlDbType.Uuid),
        Parameters.From(histories, h => h.RecipientHash, NpgsqlDbType.Bytea),
        Parameters.From(histories, h => $"{{{string.Join(',', h.Sends)}}}", NpgsqlDbType.Text),
        new() { Value = now });

    public static void UpdateGuesses(NpgsqlBatch batch, IReadOnlyCollection<RecipientHistory> histories, DateTime now) => batch.Add(
        """
        UPDATE recipient_histories h SET failed_guesses = u.failed_guesses, cool_off_until = u.cool_off_until, updated_at = $5
        FROM unnest($1, $2, $3, $4) AS u (application_id, recipient_hash, failed_guesses, cool_off_until)
        WHERE h.application_id = u.application_id AND h.recipient_hash = u.recipient_hash
        """,
        Parameters.From(histories, h => h.ApplicationId, NpgsqlDbType.Uuid),
        Parameters.From(histories, h => h.RecipientHash, NpgsqlDbType.Bytea),
        Parameters.From(histories, h => h.FailedGuesses, NpgsqlDbType.Integer),
        Parameters.From(histories, h => h.CoolOffUntil, NpgsqlDbType.TimestampTz),
        new() { Value = now });

    private static NpgsqlParameter Applications(IReadOnlyCollection<(Guid ApplicationId, byte[] Hash)> keys) =>
        Parameters.From(keys, k => k.ApplicationId, NpgsqlDbType.Uuid);

    private static NpgsqlParameter Hashes(IReadOnlyCollection<(Guid ApplicationId, byte[] Hash)> keys) =>
        Parameters.From(keys, k => k.Hash, NpgsqlDbType.Bytea);
}
