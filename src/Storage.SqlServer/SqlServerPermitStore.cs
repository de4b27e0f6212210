using OtpPipeline.Core.RateLimits;
using OtpPipeline.Storage.SqlServer.Sessions;

namespace OtpPipeline.Storage.SqlServer;

/// <summary>Leases request permits on SQL Server: one row per application, one round trip and one commit per batch of leases.</summary>
internal sealed class SqlServerPermitStore(SqlServerDatabase database) : IPermitStore
{
    private static readonly RowSet<PermitRequest> Requests = new(
        "requests",
        Column.Id<PermitRequest>("application_id", r => r.ApplicationId),
        Column.Number<PermitRequest>("allowed", r => r.Allowed),
        Column.Number<PermitRequest>("wanted", r => r.Wanted));

    // A lease is at most an eighth of the remaining permits, so that no process holds all that is left of a minute. The rows are locked in
    // key order, missing ones by their gap; then the clock is read, and what each row grants is computed from its locked state.
    private static readonly string LeaseSql =
        $"""
        DECLARE @asked TABLE (
            application_id uniqueidentifier NOT NULL PRIMARY KEY, allowed int NOT NULL, wanted int NOT NULL, minute bigint NULL,
            leased int NULL, leased_before int NULL);
        DECLARE @granted TABLE (
            application_id uniqueidentifier NOT NULL, granted int NOT NULL, leased int NOT NULL, leased_before int NOT NULL);
        INSERT INTO @asked (application_id, allowed, wanted) SELECT r.application_id, r.allowed, r.wanted FROM {Requests.Table} r;
        BEGIN TRANSACTION;
        UPDATE a SET minute = p.minute, leased = p.leased, leased_before = p.leased_before
        FROM @asked a JOIN request_permits p {Hints.LockOrGap} ON p.application_id = a.application_id
        {Hints.ByKey};
        {SqlServerBatch.ReadClock}
        DECLARE @micros bigint = DATEDIFF_BIG(MICROSECOND, '1970-01-01', @now), @minute bigint;
        SET @minute = @micros / 60000000;
        UPDATE p
        SET minute = n.minute, allowed = n.allowed, leased_before = n.leased_before, leased = n.leased, granted = n.granted
        OUTPUT inserted.application_id, inserted.granted, inserted.leased, inserted.leased_before
            INTO @granted (application_id, granted, leased, leased_before)
        FROM ({Next("a.minute IS NOT NULL")}) n
        JOIN request_permits p WITH (ROWLOCK, FORCESEEK) ON p.application_id = n.application_id
        {Hints.ByKey};
        INSERT INTO request_permits (application_id, minute, allowed, leased, leased_before, granted)
        OUTPUT inserted.application_id, inserted.granted, inserted.leased, inserted.leased_before
            INTO @granted (application_id, granted, leased, leased_before)
        SELECT n.application_id, n.minute, n.allowed, n.leased, n.leased_before, n.granted FROM ({Next("a.minute IS NULL")}) n;
        COMMIT TRANSACTION;
        SELECT g.application_id, g.granted, g.leased, g.leased_before, 60000000 - @micros % 60000000 FROM @granted g
        """;

    public async Task<IReadOnlyList<PermitLease>> LeaseAsync(IReadOnlyList<PermitRequest> requests, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAllAsync(
            new(LeaseSql, Requests.Of(requests)),
            r => (Id: r.GetGuid(0), Lease: new PermitLease(
                r.GetInt32(1), r.GetInt32(2), r.GetInt32(3), TimeSpan.FromMicroseconds(r.GetInt64(4)))),
            cancellationToken);
        var leases = rows.ToDictionary(r => r.Id, r => r.Lease);
        return [.. requests.Select(r => leases[r.ApplicationId])];
    }

    /// <summary>The row that follows; a row of this minute, or of a later one by a clock that was ahead, goes on.</summary>
    private static string Next(string condition) =>
        $"""
        SELECT s.application_id, s.allowed, CASE WHEN s.goes_on = 1 THEN s.minute ELSE @minute END AS minute, g.granted,
               CASE WHEN s.goes_on = 1 THEN s.leased ELSE 0 END + g.granted AS leased,
               CASE WHEN s.goes_on = 1 THEN s.leased_before WHEN s.minute = @minute - 1 THEN s.leased ELSE 0 END AS leased_before
        FROM (SELECT a.*, CASE WHEN a.minute >= @minute THEN 1 ELSE 0 END AS goes_on FROM @asked a WHERE {condition}) s
        CROSS APPLY (SELECT s.allowed - CASE WHEN s.goes_on = 1 THEN s.leased ELSE 0 END AS free) f
        CROSS APPLY (SELECT CASE WHEN f.free / 8 > 1 THEN f.free / 8 ELSE 1 END AS share) e
        CROSS APPLY (SELECT CASE WHEN s.wanted < e.share THEN s.wanted ELSE e.share END AS most) m
        CROSS APPLY (
            SELECT CASE WHEN s.goes_on = 0 THEN m.most WHEN f.free <= 0 THEN 0 WHEN m.most < f.free THEN m.most ELSE f.free END AS granted
        ) g
        """;
}
