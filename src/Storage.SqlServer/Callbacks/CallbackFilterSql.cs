using Microsoft.Data.SqlClient;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Callbacks.Sending;
using OtpPipeline.Core.Formats;
using OtpPipeline.Storage.SqlServer.Sessions;
using OtpPipeline.Storage.SqlServer.Tables;

namespace OtpPipeline.Storage.SqlServer.Callbacks;

/// <summary>SQL that selects callbacks for an operator and replays them.</summary>
/// <remarks>A statement names only the filters that are given, so that each combination has its own plan.</remarks>
internal static class CallbackFilterSql
{
    /// <summary>Restarts the whole schedule from now. A callback that is being sent keeps its lease.</summary>
    private const string Replay =
        """
        due_at = CASE WHEN c.status = 'PENDING' AND c.lease_id IS NOT NULL THEN c.due_at ELSE @now END,
        status = 'PENDING', reason = NULL, failures = 0, updated_at = @now
        """;

    /// <summary>A page of the list, newest first, and its attempts.</summary>
    public static SqlServerBatch Page(CallbackFilter filter, CallbackPlace? after, int limit)
    {
        var place = after is null ? "1 = 1" : "c.created_at <= @after_at AND (c.created_at < @after_at OR c.id < @after_id)";
        return new(
            $"""
             DECLARE @page TABLE (id uniqueidentifier NOT NULL PRIMARY KEY);
             INSERT INTO @page (id)
             SELECT TOP (@limit) c.id FROM callbacks c WHERE {place}{Conditions(filter)} ORDER BY c.created_at DESC, c.id DESC;
             SELECT {CallbackTable.Columns} FROM @page p JOIN callbacks c WITH (FORCESEEK) ON c.id = p.id
             ORDER BY c.created_at DESC, c.id DESC {Hints.ByKey};
             SELECT {CallbackTable.AttemptColumns} FROM @page p JOIN callback_attempts a WITH (FORCESEEK) ON a.callback_id = p.id
             ORDER BY a.callback_id, a.number {Hints.ByKey}
             """,
            [
                Values.Number("limit", limit),
                .. Parameters(filter),
                .. after is { } a ? (SqlParameter[])[Values.Time("after_at", a.CreatedAt), Values.Id("after_id", a.Id)] : [],
            ]);
    }

    public static SqlServerBatch ReplayOne(Guid callbackId, OwnOtp? otp)
    {
        const string Own =
            " AND c.otp_id = @otp AND EXISTS (SELECT 1 FROM otps o WHERE o.id = @otp AND o.application_id = @application"
            + " AND o.is_test = @test)";
        return new(
            $"""
             UPDATE c SET {Replay} FROM callbacks c
             WHERE c.id = @id{(otp is null ? "" : Own)};
             SELECT @@ROWCOUNT
             """,
            [
                Values.Id("id", callbackId),
                .. otp is null
                    ? (SqlParameter[])[]
                    : [Values.Id("otp", otp.Id), Values.Id("application", otp.ApplicationId), Values.Flag("test", otp.IsTest)],
            ]);
    }

    /// <summary>The next callbacks after a cursor, oldest first: how many, and the last one.</summary>
    public static SqlServerBatch ReplayNext(CallbackFilter filter, Guid? after, int limit)
    {
        // An id does not order by time here, so the place of the last callback is looked up.
        const string Find = "DECLARE @place datetime2(6) = COALESCE((SELECT c.created_at FROM callbacks c WHERE c.id = @after), '0001-01-01');";
        var place = after is null
            ? "1 = 1"
            : "c.created_at >= @place AND (c.created_at > @place OR c.id > @after)";
        return new(
            $"""
             {(after is null ? "" : Find)}
             DECLARE @meant TABLE (id uniqueidentifier NOT NULL PRIMARY KEY, created_at datetime2(6) NOT NULL);
             BEGIN TRANSACTION;
             INSERT INTO @meant (id, created_at)
             SELECT TOP (@limit) c.id, c.created_at FROM callbacks c WITH (UPDLOCK, ROWLOCK, READCOMMITTEDLOCK)
             WHERE {place}{Conditions(filter)} ORDER BY c.created_at, c.id;
             UPDATE c SET {Replay} FROM @meant m JOIN callbacks c WITH (ROWLOCK, FORCESEEK) ON c.id = m.id {Hints.ByKey};
             COMMIT TRANSACTION;
             SELECT (SELECT COUNT(*) FROM @meant), (SELECT TOP (1) m.id FROM @meant m ORDER BY m.created_at DESC, m.id DESC)
             """,
            [
                Values.Number("limit", limit),
                .. Parameters(filter),
                .. after is null ? (SqlParameter[])[] : [Values.Id("after", after)],
            ]);
    }

    // The status stands in the statement, so that its filtered index serves.
    private static string Conditions(CallbackFilter filter) =>
        (filter.Status is { } status ? $" AND c.status = '{EnumText<CallbackStatus>.Upper(status)}'" : "")
        + (filter.ApplicationId is null ? "" : " AND c.application_id = @application")
        + (filter.From is null ? "" : " AND c.created_at >= @from")
        + (filter.To is null ? "" : " AND c.created_at < @to");

    private static IEnumerable<SqlParameter> Parameters(CallbackFilter filter)
    {
        if (filter.ApplicationId is { } application)
        {
            yield return Values.Id("application", application);
        }

        if (filter.From is { } from)
        {
            yield return Values.Time("from", from);
        }

        if (filter.To is { } to)
        {
            yield return Values.Time("to", to);
        }
    }
}
