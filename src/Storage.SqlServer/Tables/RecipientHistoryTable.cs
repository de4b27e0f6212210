using System.Data.Common;
using System.Data.SqlTypes;
using System.Text.Json;
using Microsoft.Data.SqlClient;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Storage.SqlServer.Sessions;

namespace OtpPipeline.Storage.SqlServer.Tables;

/// <summary>SQL for table recipient_histories (alias h). Rows are locked in key order, after the OTPs.</summary>
internal static class RecipientHistoryTable
{
    /// <summary>The clock in Unix milliseconds, as sends are stored.</summary>
    public const string NowInMilliseconds = "DATEDIFF_BIG(MILLISECOND, '1970-01-01', @now)";

    private const string Columns = "h.application_id, h.recipient_hash, h.sends, h.failed_guesses, h.cool_off_until, h.updated_at";

    private static readonly RowSet<(Guid ApplicationId, byte[] Hash)> Keys = new(
        "histories",
        Column.Id<(Guid ApplicationId, byte[] Hash)>("application_id", k => k.ApplicationId),
        Column.Hash<(Guid ApplicationId, byte[] Hash)>("recipient_hash", k => k.Hash));

    private static readonly RowSet<RecipientHistory> Sends = new(
        "sends",
        Column.Id<RecipientHistory>("application_id", h => h.ApplicationId),
        Column.Hash<RecipientHistory>("recipient_hash", h => h.RecipientHash),
        Column.LongText<RecipientHistory>("sends", h => JsonSerializer.Serialize(h.Sends)));

    private static readonly RowSet<RecipientHistory> Guesses = new(
        "guesses",
        Column.Id<RecipientHistory>("application_id", h => h.ApplicationId),
        Column.Hash<RecipientHistory>("recipient_hash", h => h.RecipientHash),
        Column.Number<RecipientHistory>("failed_guesses", h => h.FailedGuesses),
        Column.Time<RecipientHistory>("cool_off_until", h => h.CoolOffUntil));

    private static readonly string LockSql =
        $"""
        SELECT {Columns} FROM {Keys.Table} r
        JOIN recipient_histories h {Hints.Lock} ON h.application_id = r.application_id AND h.recipient_hash = r.recipient_hash
        {Hints.ByKey}
        """;

    // The keys are gathered first, so that the locks are taken in key order and not in the order of the OTPs.
    private static readonly string LockOfSql =
        $"""
        DECLARE @counted TABLE (
            application_id uniqueidentifier NOT NULL, recipient_hash varbinary(32) NOT NULL, otp_id uniqueidentifier NOT NULL,
            PRIMARY KEY (application_id, recipient_hash, otp_id));
        INSERT INTO @counted (application_id, recipient_hash, otp_id)
        SELECT o.application_id, COALESCE(o.limit_hash, o.recipient_hash), o.id
        FROM {RowSet.IdsOf("ids")} k JOIN otps o WITH (FORCESEEK) ON o.id = k.id
        {Hints.ByKey};
        SELECT c.otp_id, {Columns} FROM @counted c
        JOIN recipient_histories h {Hints.Lock} ON h.application_id = c.application_id AND h.recipient_hash = c.recipient_hash
        {Hints.ByKey}
        """;

    // A history that another transaction inserts between the check and the insert ends this one, which then runs again as a whole.
    private static readonly string MakeSql =
        Make($"CONCAT('[', {NowInMilliseconds}, ']')", "OUTPUT inserted.application_id, inserted.recipient_hash");

    private static readonly string MakeEmptySql = Make("'[]'", "");

    private static readonly string UpdateSendsSql =
        $"""
        UPDATE h SET sends = u.sends, updated_at = @counted_at
        FROM {Sends.Table} u
        JOIN recipient_histories h WITH (ROWLOCK, FORCESEEK) ON h.application_id = u.application_id AND h.recipient_hash = u.recipient_hash
        {Hints.ByKey}
        """;

    private static readonly string UpdateGuessesSql =
        $"""
        UPDATE h SET failed_guesses = u.failed_guesses, cool_off_until = u.cool_off_until, updated_at = @guessed_at
        FROM {Guesses.Table} u
        JOIN recipient_histories h WITH (ROWLOCK, FORCESEEK) ON h.application_id = u.application_id AND h.recipient_hash = u.recipient_hash
        {Hints.ByKey}
        """;

    public static RecipientHistory Read(DbDataReader r) => Read(r, 0);

    public static RecipientHistory Read(DbDataReader r, int at) => new()
    {
        ApplicationId = r.GetGuid(at),
        RecipientHash = r.Bytes(at + 1),
        Sends = JsonSerializer.Deserialize<long[]>(r.GetString(at + 2)) ?? [],
        FailedGuesses = r.GetInt32(at + 3),
        CoolOffUntil = r.MaybeTime(at + 4),
        UpdatedAt = r.Time(at + 5),
    };

    /// <summary>Locks the histories of these OTPs' recipients; each row begins with the OTP's id.</summary>
    public static void LockOf(SqlServerBatch batch, SqlParameter ids) => batch.Add(LockOfSql, ids);

    /// <summary>
    /// Creates missing histories with this request already counted, so that a new one costs one write. The second statement locks and reads
    /// all. A history that the first statement returns is new.
    /// </summary>
    public static void MakeAndLock(SqlServerBatch batch, IReadOnlyCollection<(Guid ApplicationId, byte[] Hash)> keys)
    {
        var sorted = Sorted(keys);
        batch.Add(MakeSql, sorted);
        batch.Add(LockSql, sorted);
    }

    /// <summary>Creates missing histories without a send, and locks and reads all in key order.</summary>
    public static void MakeEmptyAndLock(SqlServerBatch batch, IReadOnlyCollection<(Guid ApplicationId, byte[] Hash)> keys)
    {
        var sorted = Sorted(keys);
        batch.Add(MakeEmptySql, sorted);
        batch.Add(LockSql, sorted);
    }

    public static void UpdateSends(SqlServerBatch batch, IReadOnlyCollection<RecipientHistory> histories, DateTime now) =>
        batch.Add(UpdateSendsSql, Sends.Of(histories), Values.Time("counted_at", now));

    public static void UpdateGuesses(SqlServerBatch batch, IReadOnlyCollection<RecipientHistory> histories, DateTime now) =>
        batch.Add(UpdateGuessesSql, Guesses.Of(histories), Values.Time("guessed_at", now));

    private static string Make(string sends, string output) =>
        $"""
        INSERT INTO recipient_histories (application_id, recipient_hash, sends, failed_guesses, updated_at) {output}
        SELECT r.application_id, r.recipient_hash, {sends}, 0, @now FROM {Keys.Table} r
        WHERE NOT EXISTS (
            SELECT 1 FROM recipient_histories h WITH (FORCESEEK)
            WHERE h.application_id = r.application_id AND h.recipient_hash = r.recipient_hash)
        {Hints.ByKey}
        """;

    private static SqlParameter Sorted(IEnumerable<(Guid ApplicationId, byte[] Hash)> keys) =>
        Keys.Of(keys.OrderBy(k => new SqlGuid(k.ApplicationId)).ThenBy(k => new SqlBinary(k.Hash)));
}
