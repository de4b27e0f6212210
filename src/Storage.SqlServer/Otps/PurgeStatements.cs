using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Rules;
using OtpPipeline.Storage.SqlServer.Sessions;

namespace OtpPipeline.Storage.SqlServer.Otps;

/// <summary>SQL that deletes outdated rows, a bounded number of each table, and counts them.</summary>
/// <remarks>One transaction, one commit. Rows that another transaction holds wait for the next run.</remarks>
internal static class PurgeStatements
{
    // The oldest come first, in the order of the clustered key, so no index of final_at is needed: an OTP is created no more than the
    // longest life before its end. A statement that locks 5,000 rows of an index locks the whole table: a batch stays far
    // below that.
    private static readonly string OtpsSql =
        $"""
        DECLARE @gone int = 0, @before datetime2(6) = {Clock.Minus("@final_otps")};
        DECLARE @old TABLE (id uniqueidentifier NOT NULL PRIMARY KEY);
        BEGIN TRANSACTION;
        INSERT INTO @old (id)
        SELECT TOP (@limit) o.id FROM otps o {Hints.Claim}
        WHERE o.created_at < DATEADD(SECOND, -@longest_life, @before) AND o.final_at < @before
          AND NOT EXISTS (SELECT 1 FROM outbox_messages m WHERE m.correlation_id = o.id)
          AND NOT EXISTS (SELECT 1 FROM callbacks c WHERE c.otp_id = o.id AND c.status = 'PENDING')
        ORDER BY o.created_at;
        DELETE d FROM @old k JOIN deliveries d WITH (ROWLOCK, FORCESEEK) ON d.otp_id = k.id {Hints.ByKey};
        DELETE a FROM @old k JOIN callbacks c WITH (FORCESEEK) ON c.otp_id = k.id
        JOIN callback_attempts a WITH (ROWLOCK, FORCESEEK) ON a.callback_id = c.id {Hints.ByKey};
        DELETE c FROM @old k JOIN callbacks c WITH (ROWLOCK, FORCESEEK) ON c.otp_id = k.id {Hints.ByKey};
        DELETE h FROM @old k JOIN otp_changes h WITH (ROWLOCK, FORCESEEK) ON h.otp_id = k.id {Hints.ByKey};
        DELETE f FROM @old k JOIN pending_feedback f WITH (ROWLOCK, FORCESEEK) ON f.otp_id = k.id {Hints.ByKey};
        DELETE s FROM @old k JOIN otp_submissions s WITH (ROWLOCK, FORCESEEK) ON s.otp_id = k.id {Hints.ByKey};
        DELETE p FROM @old k JOIN otp_pins p WITH (ROWLOCK, FORCESEEK) ON p.otp_id = k.id {Hints.ByKey};
        DELETE o FROM @old k JOIN otps o WITH (ROWLOCK, FORCESEEK) ON o.id = k.id {Hints.ByKey};
        SET @gone += @@ROWCOUNT;
        """;

    private static readonly string OthersSql = string.Join(
        '\n',
        Old("dead_letters", "created_at", "@final_otps"),
        Old("outbox_messages", "parked_at", "@final_otps"),
        Old("sandbox_messages", "sent_at", "@sandbox"),
        Old("sandbox_callbacks", "received_at", "@sandbox"),
        Old("kept_receipts", "received_at", "@receipts"),
        Old("recipient_histories", "updated_at", "@histories", "AND (t.cool_off_until IS NULL OR t.cool_off_until < @now)"),
        Old("idempotency_keys", "expires_at", "0"),
        "DELETE FROM application_spendings WHERE day < DATEADD(DAY, -30, CAST(@now AS date));",
        "SET @gone += @@ROWCOUNT;",
        "COMMIT TRANSACTION;",
        "SELECT @gone;");

    public static SqlServerBatch Batch(PurgePeriods periods, int limit)
    {
        var batch = new SqlServerBatch(
            OtpsSql, Values.Span("final_otps", periods.FinalOtps), Values.Number("limit", limit),
            Values.Number("longest_life", OptionRules.MaxTtl));
        batch.Add(
            OthersSql,
            Values.Span("sandbox", periods.SandboxMessages),
            Values.Span("receipts", KeptReceipt.Retention),
            Values.Span("histories", periods.IdleRecipients));
        return batch;
    }

    private static string Old(string table, string column, string age, string condition = "") =>
        $"""
        SET @before = {Clock.Minus(age)};
        WITH old AS (
            SELECT TOP (@limit) * FROM {table} t WITH (READPAST, ROWLOCK, READCOMMITTEDLOCK)
            WHERE t.{column} < @before {condition}
            ORDER BY t.{column})
        DELETE FROM old;
        SET @gone += @@ROWCOUNT;
        """;
}
