using System.Data.Common;
using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Storage.SqlServer.Sessions;
using OtpPipeline.Storage.SqlServer.Tables;

namespace OtpPipeline.Storage.SqlServer.Deliveries;

/// <summary>SQL that counts and releases deliveries waiting for capacity in a channel's queue.</summary>
internal static class ReleaseStatements
{
    private const string Published = DeliveryTable.Published;
    private const string Waiting = DeliveryTable.Waiting;
    private const string OfShare = "d.channel = s.channel AND d.application_id = s.application_id";

    private static readonly RowSet<QueueShare> Shares = new(
        "shares",
        Column.Id<QueueShare>("application_id", s => s.ApplicationId),
        Column.Text<QueueShare>("channel", 16, s => s.Channel.Text()));

    private static readonly string CountUseSql =
        $"""
        SELECT s.application_id, s.channel, p.published,
               CAST(CASE WHEN EXISTS (SELECT 1 FROM deliveries d WHERE {Waiting} AND {OfShare} AND d.due_at <= @now)
                         THEN 1 ELSE 0 END AS bit) AS waits
        FROM {Shares.Table} s
        CROSS APPLY (SELECT COUNT(*) AS published FROM (SELECT TOP (@most) 1 AS one FROM deliveries d WHERE {Published} AND {OfShare}) c) p
        """;

    // Lists the shares in index order. Each step of the loop is one seek, however many deliveries a share has.
    private const string FindWaitingSql =
        $"""
        DECLARE @shares TABLE (
            place int NOT NULL PRIMARY KEY, channel nvarchar(16) COLLATE {Collation.Exact} NOT NULL,
            application_id uniqueidentifier NOT NULL);
        DECLARE @place int = 0, @next uniqueidentifier;
        WHILE @place < @limit AND @channel IS NOT NULL
        BEGIN
            SET @next = (
                SELECT TOP (1) d.application_id FROM deliveries d
                WHERE {Waiting} AND d.channel = @channel AND d.application_id > @application
                ORDER BY d.application_id);
            IF @next IS NULL
            BEGIN
                SET @channel = (SELECT TOP (1) d.channel FROM deliveries d WHERE {Waiting} AND d.channel > @channel ORDER BY d.channel);
                SET @application = '00000000-0000-0000-0000-000000000000';
            END
            ELSE
            BEGIN
                SET @application = @next;
                IF EXISTS (
                    SELECT 1 FROM deliveries d
                    WHERE {Waiting} AND d.channel = @channel AND d.application_id = @application AND d.due_at <= @now)
                BEGIN
                    SET @place += 1;
                    INSERT INTO @shares (place, channel, application_id) VALUES (@place, @channel, @application);
                END;
            END;
        END;
        SELECT s.application_id, s.channel FROM @shares s ORDER BY s.place
        """;

    // Lets only one process release at a time: no other code of ours takes this lock. The count that follows waits for no lock, so it
    // includes all committed rows. The search touches the rows themselves (no index of theirs has otp_id), so that it skips a row that a
    // claim holds instead of waiting for it.
    private static readonly string TakeSql =
        $"""
        DECLARE @got int;
        EXEC @got = sp_getapplock @Resource = 'otp-release', @LockMode = 'Exclusive', @LockOwner = 'Transaction', @LockTimeout = 0;
        DECLARE @taken TABLE (
            otp_id uniqueidentifier NOT NULL, step int NOT NULL, attempt int NOT NULL, PRIMARY KEY (otp_id, step, attempt));
        {SqlServerBatch.ReadClock}
        IF @got >= 0
            INSERT INTO @taken (otp_id, step, attempt)
            SELECT n.otp_id, n.step, n.attempt FROM {Shares.Table} s
            CROSS APPLY (
                SELECT COUNT(*) AS published FROM (SELECT TOP (@target) 1 AS one FROM deliveries d WHERE {Published} AND {OfShare}) c) p
            CROSS APPLY (
                SELECT CASE WHEN @target - p.published < @most THEN @target - p.published ELSE @most END AS places) r
            CROSS APPLY (
                SELECT TOP (r.places) d.otp_id, d.step, d.attempt FROM deliveries d {Hints.Claim}
                WHERE {Waiting} AND {OfShare} AND d.due_at <= @now
                ORDER BY d.due_at) n;
        UPDATE d SET waiting_since = NULL, publish_due_at = {Clock.Plus("@lost_after")}, republished = 0
        OUTPUT inserted.application_id, inserted.otp_id, inserted.channel, inserted.step, inserted.trace_parent, inserted.due_at,
               inserted.route, inserted.tried
        FROM @taken t
        JOIN deliveries d WITH (ROWLOCK, FORCESEEK) ON d.otp_id = t.otp_id AND d.step = t.step AND d.attempt = t.attempt
        WHERE {Waiting}
        {Hints.ByKey}
        """;

    /// <summary>Counts up to <paramref name="most"/> deliveries of each share.</summary>
    public static void CountUse(SqlServerBatch batch, IReadOnlyList<QueueShare> shares, int most) =>
        batch.Add(CountUseSql, Shares.Of(shares), Values.Number("most", most));

    public static SqlServerBatch FindWaiting(QueueShare? after, int limit) => new(
        FindWaitingSql, Values.Text("channel", 16, after?.Channel.Text() ?? ""),
        Values.Id("application", after?.ApplicationId ?? Guid.Empty), Values.Number("limit", limit));

    public static SqlServerBatch Take(IReadOnlyList<QueueShare> shares, int target, int most, TimeSpan lostAfter) => new(
        TakeSql, Shares.Of(shares), Values.Number("target", target), Values.Number("most", most), Values.Span("lost_after", lostAfter));

    public static QueueShare ReadShare(DbDataReader reader) => new(reader.GetGuid(0), EnumText<Channel>.Parse(reader.GetString(1)));

    public static (QueueShare Share, QueueShareUse Use) ReadUse(DbDataReader reader) =>
        (ReadShare(reader), new(reader.GetInt32(2), reader.GetBoolean(3)));

    public static (ReleasedDelivery Delivery, DateTime DueAt) ReadReleased(DbDataReader reader) =>
        (
            new(reader.GetGuid(0), reader.GetGuid(1), EnumText<Channel>.Parse(reader.GetString(2)), reader.GetInt32(3), reader.Text(4),
                reader.GetString(6), reader.GetString(7)),
            reader.Time(5));
}
