using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Storage.SqlServer.Sessions;
using OtpPipeline.Storage.SqlServer.Tables;

namespace OtpPipeline.Storage.SqlServer.Otps;

/// <summary>Longer statements of a transaction over locked OTPs.</summary>
internal static class OtpStatements
{
    /// <summary>Channels with the time that their queue is behind.</summary>
    public static readonly RowSet<KeyValuePair<Channel, TimeSpan>> Lags = new(
        "lags",
        Column.Text<KeyValuePair<Channel, TimeSpan>>("channel", 16, l => l.Key.Text()),
        Column.Span<KeyValuePair<Channel, TimeSpan>>("lag", l => l.Value));

    /// <summary>Pending OTPs past their expiry, found by their PINs.</summary>
    /// <remarks>Index keys that another sweep holds are skipped, and so are locked rows.</remarks>
    public static readonly string LockExpiredSql = LockFound(
        $"""
        SELECT DISTINCT e.otp_id FROM (
            SELECT TOP (@limit) p.otp_id FROM otp_pins p {Hints.Claim}
            WHERE p.valid_until <= @now
              AND NOT EXISTS (SELECT 1 FROM otp_pins newer WHERE newer.otp_id = p.otp_id AND newer.version > p.version)
            ORDER BY p.valid_until) e
        """,
        "o.status = 'PENDING' AND o.expires_at <= @now");

    /// <summary>OTPs with a SENDING delivery whose lease has ended.</summary>
    public static readonly string LockEndedLeasesSql = LockFound(
        """
        SELECT DISTINCT e.otp_id FROM (
            SELECT TOP (@limit) d.otp_id FROM deliveries d
            WHERE d.status = 'SENDING' AND d.lease_until <= @now ORDER BY d.lease_until) e
        """,
        "1 = 1");

    /// <summary>OTPs that owe feedback whose command seems lost.</summary>
    public static readonly string LockLostFeedbackSql = LockFound(
        "SELECT TOP (@limit) f.otp_id FROM pending_feedback f WHERE f.due_at <= @now ORDER BY f.due_at", "1 = 1");

    /// <summary>The pending ones of the OTPs in parameter ids.</summary>
    public static readonly string LockPendingSql = LockFound(
        $"SELECT k.id FROM {RowSet.IdsOf("ids")} k", "o.status = 'PENDING' AND o.expires_at > @now");

    /// <summary>Pending OTPs with a published delivery that is due for republication, at most @limit of each channel in @lags.</summary>
    /// <remarks>Each step of the loop is one seek: the next application of the index, however many deliveries each has.</remarks>
    public static readonly string LockLostSql = LockFound(
        $"""
        SELECT DISTINCT late.otp_id FROM (
            SELECT d.otp_id, ROW_NUMBER() OVER (PARTITION BY s.channel ORDER BY d.publish_due_at) AS place
            FROM @shares s CROSS APPLY (
                SELECT TOP (@limit) d.otp_id, d.publish_due_at FROM deliveries d
                WHERE {DeliveryTable.Published} AND d.channel = s.channel AND d.application_id = s.application_id
                  AND d.publish_due_at <= s.before
                ORDER BY d.publish_due_at) d) late
        WHERE late.place <= @limit
        """,
        "o.status = 'PENDING' AND o.expires_at > @now",
        $"""
        DECLARE @shares TABLE (
            channel nvarchar(16) COLLATE {Collation.Exact} NOT NULL, application_id uniqueidentifier NOT NULL,
            before datetime2(6) NOT NULL, PRIMARY KEY (channel, application_id));
        DECLARE @channel nvarchar(16) = (SELECT MIN(l.channel) FROM {Lags.Table} l), @application uniqueidentifier, @lag bigint;
        WHILE @channel IS NOT NULL
        BEGIN
            SET @lag = (SELECT l.lag FROM {Lags.Table} l WHERE l.channel = @channel);
            SET @application = (
                SELECT TOP (1) d.application_id FROM deliveries d WHERE {DeliveryTable.Published} AND d.channel = @channel
                ORDER BY d.application_id);
            WHILE @application IS NOT NULL
            BEGIN
                INSERT INTO @shares (channel, application_id, before) VALUES (@channel, @application, {Clock.Minus("@lag")});
                SET @application = (
                    SELECT TOP (1) d.application_id FROM deliveries d
                    WHERE {DeliveryTable.Published} AND d.channel = @channel AND d.application_id > @application
                    ORDER BY d.application_id);
            END;
            SET @channel = (SELECT MIN(l.channel) FROM {Lags.Table} l WHERE l.channel > @channel);
        END;
        """);

    /// <summary>Adds a statement for each table that changes.</summary>
    public static void Save(SqlServerBatch batch, OtpChanges changes)
    {
        if (changes.Otps.Count > 0)
        {
            OtpTable.Update(batch, changes.Otps);
        }

        if (changes.Finals.Count > 0)
        {
            OtpPinTable.Delete(batch, changes.Finals);
        }

        if (changes.NewPins.Count > 0)
        {
            OtpPinTable.DeleteBelow(batch, changes.KeptPins);
            OtpPinTable.Insert(batch, changes.NewPins);
        }

        // A delivery of a step that cannot be sent is added and fails in one transaction.
        if (changes.NewDeliveries.Count > 0)
        {
            DeliveryTable.Insert(batch, changes.NewDeliveries);
        }

        if (changes.UpdatedDeliveries.Count > 0)
        {
            DeliveryTable.Update(batch, changes.UpdatedDeliveries);
        }

        if (changes.Changes.Count > 0)
        {
            OtpChangeTable.Insert(batch, changes.Changes);
        }

        if (changes.Callbacks.Count > 0)
        {
            CallbackTable.Insert(batch, changes.Callbacks);
        }

        if (changes.Histories.Count > 0)
        {
            RecipientHistoryTable.UpdateGuesses(batch, changes.Histories, changes.Now);
        }

        if (changes.CountedSends.Count > 0)
        {
            RecipientHistoryTable.UpdateSends(batch, changes.CountedSends, changes.Now);
        }

        if (changes.Submissions.Count > 0)
        {
            OtpSubmissionTable.Insert(batch, changes.Submissions);
        }

        if (changes.MatchedReceipts.Count > 0)
        {
            KeptReceiptTable.Delete(batch, changes.MatchedReceipts);
        }

        if (changes.PendingSteps.Count > 0)
        {
            PendingStepTable.Upsert(batch, changes.PendingSteps.Values);
        }

        if (changes.EndedWaits.Count > 0)
        {
            PendingStepTable.Delete(batch, changes.EndedWaits);
        }

        if (changes.PendingFeedback.Count > 0)
        {
            PendingFeedbackTable.Upsert(batch, changes.PendingFeedback.Values);
        }

        if (changes.EndedFeedback.Count > 0)
        {
            PendingFeedbackTable.Delete(batch, changes.EndedFeedback);
        }

        // Last: the row of an application is locked by all that spend.
        if (changes.Spendings.Count > 0)
        {
            ApplicationSpendingTable.Update(batch, changes.Spendings);
        }

        if (changes.Refunds.Count > 0)
        {
            ApplicationSpendingTable.Refund(batch, changes.Refunds);
        }
    }

    /// <summary>
    /// Finds OTPs without locking them, locks those by their key that are free and still fit, and reads their deliveries and the clock. All
    /// locks on OTPs are taken through one index, so that a sweep and a guess cannot hold what the other needs.
    /// </summary>
    private static string LockFound(string find, string condition, string before = "") =>
        $"""
        {before}
        DECLARE @found TABLE (id uniqueidentifier NOT NULL PRIMARY KEY);
        DECLARE @held TABLE (id uniqueidentifier NOT NULL PRIMARY KEY);
        INSERT INTO @found (id) {find};
        INSERT INTO @held (id)
        SELECT o.id FROM @found f JOIN otps o {Hints.LockFree} ON o.id = f.id WHERE {condition}
        {Hints.ByKey};
        SELECT {OtpTable.Columns} FROM @held f JOIN otps o WITH (READCOMMITTEDLOCK, FORCESEEK) ON o.id = f.id {Hints.ByKey};
        SELECT {DeliveryTable.Columns} FROM @held f JOIN deliveries d WITH (FORCESEEK) ON d.otp_id = f.id
        ORDER BY d.otp_id, d.step, d.attempt {Hints.ByKey};
        {SqlServerBatch.ReadClock}
        SELECT @now;
        """;
}
