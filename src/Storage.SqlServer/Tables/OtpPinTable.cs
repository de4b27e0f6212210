using System.Data.Common;
using Microsoft.Data.SqlClient;
using OtpPipeline.Core.Otps;
using OtpPipeline.Storage.SqlServer.Sessions;

namespace OtpPipeline.Storage.SqlServer.Tables;

/// <summary>SQL for table otp_pins (alias p).</summary>
internal static class OtpPinTable
{
    public const string Columns = "p.otp_id, p.version, p.ciphertext, p.key_id, p.valid_until, p.exact, p.message";

    /// <summary>The PINs of the OTPs in parameter ids.</summary>
    private static readonly string OfOtpsSql =
        $"SELECT {Columns} FROM {RowSet.IdsOf("ids")} k JOIN otp_pins p WITH (FORCESEEK) ON p.otp_id = k.id {Hints.ByKey}";

    private static readonly RowSet<OtpPin> New = new(
        "new_pins",
        Column.Id<OtpPin>("otp_id", p => p.OtpId),
        Column.Number<OtpPin>("version", p => p.Version),
        Column.Bytes<OtpPin>("ciphertext", p => p.Ciphertext),
        Column.Text<OtpPin>("key_id", 32, p => p.KeyId),
        Column.Time<OtpPin>("valid_until", p => p.ValidUntil),
        Column.Flag<OtpPin>("exact", p => p.Exact),
        Column.Bytes<OtpPin>("message", p => p.Message),
        Column.Hash<OtpPin>("find_hash", p => p.FindHash),
        Column.Hash<OtpPin>("unique_hash", p => p.UniqueHash));

    private static readonly RowSet<(Guid OtpId, int Version)> Kept = new(
        "kept_pins",
        Column.Id<(Guid OtpId, int Version)>("otp_id", k => k.OtpId),
        Column.Number<(Guid OtpId, int Version)>("version", k => k.Version));

    private static readonly string InsertSql =
        $"""
        INSERT INTO otp_pins (otp_id, version, ciphertext, key_id, valid_until, exact, message, find_hash, unique_hash)
        SELECT otp_id, version, ciphertext, key_id, valid_until, exact, message, find_hash, unique_hash FROM {New.Table} n
        """;

    private static readonly string DeleteBelowSql =
        $"""
        DELETE p FROM {Kept.Table} k JOIN otp_pins p WITH (ROWLOCK, FORCESEEK) ON p.otp_id = k.otp_id AND p.version < k.version
        {Hints.ByKey}
        """;

    private static readonly string DeleteSql =
        $"DELETE p FROM {RowSet.IdsOf("ended_pins")} k JOIN otp_pins p WITH (ROWLOCK, FORCESEEK) ON p.otp_id = k.id {Hints.ByKey}";

    public static OtpPin Read(DbDataReader r) => Read(r, 0);

    public static OtpPin Read(DbDataReader r, int at) => new()
    {
        OtpId = r.GetGuid(at),
        Version = r.GetInt32(at + 1),
        Ciphertext = r.Bytes(at + 2),
        KeyId = r.GetString(at + 3),
        ValidUntil = r.Time(at + 4),
        Exact = r.GetBoolean(at + 5),
        Message = r.MaybeBytes(at + 6),
    };

    public static void AddOf(SqlServerBatch batch, SqlParameter ids) => batch.Add(OfOtpsSql, ids);

    public static void Insert(SqlServerBatch batch, IReadOnlyCollection<OtpPin> pins) => batch.Add(InsertSql, New.Of(pins));

    /// <summary>Ends the PINs of these OTPs below the version given for each.</summary>
    public static void DeleteBelow(SqlServerBatch batch, IReadOnlyCollection<(Guid OtpId, int Version)> kept) =>
        batch.Add(DeleteBelowSql, Kept.Of(kept));

    public static void Delete(SqlServerBatch batch, IEnumerable<Guid> otpIds) => batch.Add(DeleteSql, RowSet.Ids("ended_pins", otpIds));
}
