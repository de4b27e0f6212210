using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Callbacks.Sending;
using OtpPipeline.Core.Formats;
using OtpPipeline.Storage.SqlServer.Sessions;
using OtpPipeline.Storage.SqlServer.Tables;

namespace OtpPipeline.Storage.SqlServer.Callbacks;

/// <summary>SQL that claims callbacks and records their outcomes.</summary>
internal static class CallbackStatements
{
    public static readonly RowSet<RenderedCallback> Rendered = new(
        "rendered",
        Column.Id<RenderedCallback>("id", r => r.Id),
        Column.Bytes<RenderedCallback>("content", r => r.Content));

    public static readonly RowSet<CallbackReport> Reports = new(
        "reports",
        Column.Id<CallbackReport>("id", r => r.CallbackId),
        Column.Id<CallbackReport>("lease_id", r => r.LeaseId),
        Column.Text<CallbackReport>("status", 16, r => EnumText<CallbackStatus>.Upper(r.Decision.Status)),
        Column.Text<CallbackReport>("reason", 64, r => r.Decision.Reason),
        Column.Span<CallbackReport>("delay", r => r.Decision.Delay),
        Column.Number<CallbackReport>("made", r => r.Attempt is null ? 0 : 1),
        Column.Span<CallbackReport>("duration", r => r.Attempt?.Duration),
        Column.Number<CallbackReport>("http_status", r => r.Attempt?.HttpStatus),
        Column.Text<CallbackReport>("error", 32, r => r.Attempt?.Error),
        Column.Bytes<CallbackReport>("answer", r => r.Attempt?.Answer));

    public static readonly string ReadUnsent =
        $"""
        SELECT {CallbackTable.UnsentColumns}
        FROM {RowSet.IdsOf("ids")} k JOIN callbacks c WITH (FORCESEEK) ON c.otp_id = k.id
        {CallbackTable.UnsentJoins}
        WHERE c.status = 'PENDING' AND c.content IS NULL AND c.lease_id IS NULL
        {Hints.ByKey}
        """;

    public static readonly string ReadLeased =
        $"""
        SELECT {CallbackTable.UnsentColumns}
        FROM {RowSet.IdsOf("ids")} k JOIN callbacks c WITH (FORCESEEK) ON c.id = k.id
        {CallbackTable.UnsentJoins}
        WHERE c.lease_id = @lease_id
        {Hints.ByKey}
        """;

    // Only the first attempt: a callback claimed once is due again when its lease ends.
    public static readonly string Claim =
        $"""
        UPDATE c SET content = n.content, lease_id = @lease_id, due_at = {Clock.Plus("@lease")}
        OUTPUT inserted.id
        FROM {Rendered.Table} n JOIN callbacks c WITH (ROWLOCK, READCOMMITTEDLOCK, FORCESEEK) ON c.id = n.id
        WHERE c.content IS NULL AND c.lease_id IS NULL AND c.status = 'PENDING'
        {Hints.ByKey}
        """;

    public static readonly string Store =
        $"""
        UPDATE c SET content = n.content
        OUTPUT inserted.id
        FROM {Rendered.Table} n JOIN callbacks c WITH (ROWLOCK, READCOMMITTEDLOCK, FORCESEEK) ON c.id = n.id
        WHERE c.content IS NULL AND c.lease_id = @lease_id
        {Hints.ByKey}
        """;

    // The search touches the rows themselves, not their index keys alone: a row that another transaction holds is skipped, not waited for.
    public static readonly string ClaimDue =
        $"""
        DECLARE @due TABLE (id uniqueidentifier NOT NULL PRIMARY KEY, attempts int NOT NULL);
        BEGIN TRANSACTION;
        INSERT INTO @due (id, attempts)
        SELECT p.id, p.attempts FROM {RowSet.IdsOf("applications")} a
        CROSS APPLY (
            SELECT TOP (@limit) c.id, c.attempts FROM callbacks c {Hints.Claim}
            WHERE c.status = 'PENDING' AND c.application_id = a.id AND c.due_at <= @now
            ORDER BY c.due_at) p;
        UPDATE c SET lease_id = @lease_id, due_at = {Clock.Plus("@lease")}
        OUTPUT {CallbackTable.Columns.Replace("c.", "inserted.", StringComparison.Ordinal)}
        FROM @due k JOIN callbacks c WITH (ROWLOCK, FORCESEEK) ON c.id = k.id
        {Hints.ByKey};
        COMMIT TRANSACTION
        """;

    // One seek per application, however many callbacks each has.
    public const string DueApplications =
        """
        DECLARE @applications TABLE (id uniqueidentifier NOT NULL PRIMARY KEY);
        DECLARE @application uniqueidentifier = (
            SELECT TOP (1) c.application_id FROM callbacks c WHERE c.status = 'PENDING' ORDER BY c.application_id);
        WHILE @application IS NOT NULL
        BEGIN
            INSERT INTO @applications (id) VALUES (@application);
            SET @application = (
                SELECT TOP (1) c.application_id FROM callbacks c
                WHERE c.status = 'PENDING' AND c.application_id > @application ORDER BY c.application_id);
        END;
        SELECT a.id FROM @applications a
        WHERE EXISTS (SELECT 1 FROM callbacks c WHERE c.status = 'PENDING' AND c.application_id = a.id AND c.due_at <= @now)
        """;

    // A report counts only for its own lease. It adds an attempt only if one was made.
    public static readonly string Record =
        $"""
        DECLARE @written TABLE (id uniqueidentifier NOT NULL PRIMARY KEY, attempts int NOT NULL);
        BEGIN TRANSACTION;
        UPDATE c
        SET status = r.status, reason = r.reason, lease_id = NULL, due_at = {Clock.Plus("r.delay")}, updated_at = @now,
            attempts = c.attempts + r.made, failures = c.failures + CASE WHEN r.status = 'DELIVERED' THEN 0 ELSE r.made END
        OUTPUT inserted.id, inserted.attempts INTO @written (id, attempts)
        FROM {Reports.Table} r JOIN callbacks c WITH (ROWLOCK, READCOMMITTEDLOCK, FORCESEEK) ON c.id = r.id
        WHERE c.lease_id = r.lease_id AND c.status = 'PENDING'
        {Hints.ByKey};
        INSERT INTO callback_attempts (callback_id, number, started_at, duration_ms, http_status, error, answer)
        SELECT w.id, w.attempts, {Clock.Minus("r.duration")}, CAST(r.duration / 1000 AS int), r.http_status, r.error, r.answer
        FROM {Reports.Table} r JOIN @written w ON w.id = r.id WHERE r.made = 1;
        COMMIT TRANSACTION;
        SELECT id FROM @written
        """;
}
