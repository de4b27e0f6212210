using Npgsql;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Storage.Postgres.Sessions;
using OtpPipeline.Storage.Postgres.Tables;

namespace OtpPipeline.Storage.Postgres.Otps;

/// <summary>Longer statements of a transaction over locked OTPs.</summary>
internal static class OtpStatements
{
    /// <summary>Pending OTPs with a published delivery that is due for republication, at most $1 of each channel; $2 channels, $3 lags.</summary>
    public const string LockLostSql =
        $"""
        SELECT {OtpTable.Columns} FROM otps o
        WHERE o.id = ANY (ARRAY(
            SELECT due.otp_id FROM unnest($2, $3) AS c (channel, lag)
            CROSS JOIN LATERAL (
                WITH RECURSIVE owners AS (
                    (SELECT d.application_id FROM deliveries d WHERE {Published} AND d.channel = c.channel ORDER BY d.application_id LIMIT 1)
                    UNION ALL
                    SELECT next.application_id FROM owners o CROSS JOIN LATERAL (
                        SELECT d.application_id FROM deliveries d WHERE {Published} AND d.channel = c.channel AND d.application_id > o.application_id
                        ORDER BY d.application_id LIMIT 1) next)
                SELECT late.otp_id FROM owners o CROSS JOIN LATERAL (
                    SELECT d.otp_id, d.publish_due_at FROM deliveries d
                    WHERE {Published} AND d.channel = c.channel AND d.application_id = o.application_id
                      AND d.publish_due_at <= (SELECT clock_timestamp()) - c.lag
                    ORDER BY d.publish_due_at LIMIT $1) late
                ORDER BY late.publish_due_at LIMIT $1) due))
          AND o.status = 'PENDING' AND o.expires_at > (SELECT clock_timestamp())
        FOR UPDATE SKIP LOCKED
        """;

    /// <summary>The OTPs of $1 with a message of type $2 in the outbox, which names one OTP.</summary>
    /// <remarks>
    /// Reads the whole outbox, which is long only while the broker accepts nothing; this query runs only once a second.
    /// </remarks>
    public const string UnpublishedSql =
        """
        SELECT m.correlation_id FROM outbox_messages m
        WHERE m.correlation_id = ANY ($1) AND m.message_type = $2 AND m.parked_at IS NULL
        """;

    /// <summary>The same for a message that may name further OTPs.</summary>
    public const string UnpublishedWorkSql =
        $"""
        {UnpublishedSql}
        UNION
        SELECT (f ->> 'otpId')::uuid FROM outbox_messages m, jsonb_array_elements(m.body::jsonb -> 'further') AS f
        WHERE m.message_type = $2 AND m.parked_at IS NULL AND m.body LIKE '%"further":[%' AND (f ->> 'otpId')::uuid = ANY ($1)
        """;

    private const string Published = DeliveryTable.Published;

    /// <summary>Adds a statement for each table that changes.</summary>
    public static void Save(NpgsqlBatch batch, OtpChanges changes)
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
}
