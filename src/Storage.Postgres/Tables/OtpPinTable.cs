using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.Otps;
using OtpPipeline.Storage.Postgres.Sessions;

namespace OtpPipeline.Storage.Postgres.Tables;

/// <summary>SQL for table otp_pins (alias p).</summary>
internal static class OtpPinTable
{
    public const string Columns = "p.otp_id, p.version, p.ciphertext, p.key_id, p.valid_until, p.exact, p.message";

    public static OtpPin Read(NpgsqlDataReader r, int at = 0) => new()
    {
        OtpId = r.GetGuid(at),
        Version = r.GetInt32(at + 1),
        Ciphertext = r.Bytes(at + 2),
        KeyId = r.GetString(at + 3),
        ValidUntil = r.GetDateTime(at + 4),
        Exact = r.GetBoolean(at + 5),
        Message = r.IsDBNull(at + 6) ? null : r.Bytes(at + 6),
    };

    public static void Insert(NpgsqlBatch batch, IReadOnlyCollection<OtpPin> pins) => batch.Add(
        """
        INSERT INTO otp_pins (otp_id, version, ciphertext, key_id, valid_until, exact, message, find_hash, unique_hash)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        Parameters.From(pins, p => p.OtpId, NpgsqlDbType.Uuid),
        Parameters.From(pins, p => p.Version, NpgsqlDbType.Integer),
        Parameters.From(pins, p => p.Ciphertext, NpgsqlDbType.Bytea),
        Parameters.From(pins, p => p.KeyId, NpgsqlDbType.Text),
        Parameters.From(pins, p => p.ValidUntil, NpgsqlDbType.TimestampTz),
        Parameters.From(pins, p => p.Exact, NpgsqlDbType.Boolean),
        Parameters.From(pins, p => p.Message, NpgsqlDbType.Bytea),
        Parameters.From(pins, p => p.FindHash, NpgsqlDbType.Bytea),
        Parameters.From(pins, p => p.UniqueHash, NpgsqlDbType.Bytea));

    /// <summary>Ends the PINs of these OTPs below the version given for each.</summary>
    public static void DeleteBelow(NpgsqlBatch batch, IReadOnlyCollection<(Guid OtpId, int Version)> kept) => batch.Add(
        "DELETE FROM otp_pins p USING unnest($1, $2) AS k (otp_id, version) WHERE p.otp_id = k.otp_id AND p.version < k.version",
        Parameters.From(kept, k => k.OtpId, NpgsqlDbType.Uuid),
        Parameters.From(kept, k => k.Version, NpgsqlDbType.Integer));

    public static void Delete(NpgsqlBatch batch, IEnumerable<Guid> otpIds) =>
        batch.Add("DELETE FROM otp_pins WHERE otp_id = ANY ($1)", Parameters.From(otpIds));
}
