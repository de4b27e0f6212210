using System.Data.Common;
using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Storage.SqlServer.Sessions;
using OtpPipeline.Storage.SqlServer.Tables;

namespace OtpPipeline.Storage.SqlServer.Deliveries;

/// <summary>Claims deliveries on SQL Server: one round trip and one commit.</summary>
internal sealed class SqlServerDeliveryStore(SqlServerDatabase database) : IDeliveryStore, IReleaseStore
{
    private static readonly RowSet<ClaimRequest> Claims = new(
        "claims",
        Column.Id<ClaimRequest>("otp_id", r => r.Hint.OtpId),
        Column.Number<ClaimRequest>("step", r => r.Hint.Step),
        Column.Text<ClaimRequest>("channel", 16, r => r.Hint.Channel.Text()),
        Column.Text<ClaimRequest>("route", 64, r => r.Hint.Route),
        Column.Text<ClaimRequest>("tried", 1000, r => r.Hint.Tried),
        Column.Id<ClaimRequest>("lease_id", r => r.LeaseId),
        Column.Text<ClaimRequest>("provider", 64, r => r.Provider));

    private static readonly RowSet<PostponeRequest> Postponed = new(
        "postponed",
        Column.Id<PostponeRequest>("otp_id", r => r.Hint.OtpId),
        Column.Number<PostponeRequest>("step", r => r.Hint.Step),
        Column.Text<PostponeRequest>("channel", 16, r => r.Hint.Channel.Text()),
        Column.Text<PostponeRequest>("route", 64, r => r.Hint.Route),
        Column.Text<PostponeRequest>("tried", 1000, r => r.Hint.Tried),
        Column.Span<PostponeRequest>("delay", r => r.Delay),
        Column.Text<PostponeRequest>("trace_parent", 64, r => r.TraceParent));

    // The lock keeps the OTP from becoming final between its status check and the claim. It is the lock of a guess, not a shared one: a
    // guess holds its own while it decides, and would overwrite a claim made meanwhile.
    private static readonly string ClaimSql =
        $"""
        DECLARE @open TABLE (id uniqueidentifier NOT NULL PRIMARY KEY);
        DECLARE @claimed TABLE (
            otp_id uniqueidentifier NOT NULL, step int NOT NULL, attempt int NOT NULL, PRIMARY KEY (otp_id, step, attempt));
        BEGIN TRANSACTION;
        INSERT INTO @open (id)
        SELECT o.id FROM {RowSet.IdsOf("ids")} k JOIN otps o {Hints.Lock} ON o.id = k.id
        WHERE o.status = 'PENDING' AND o.expires_at > {Clock.Plus("@margin")}
        {Hints.ByKey};
        {SqlServerBatch.ReadClock}
        UPDATE d
        SET status = 'SENDING', lease_id = w.lease_id, lease_until = {Clock.Plus("@lease")}, updated_at = @now, provider = w.provider
        OUTPUT inserted.otp_id, inserted.step, inserted.attempt INTO @claimed (otp_id, step, attempt)
        FROM {Claims.Table} w JOIN otps o WITH (READCOMMITTEDLOCK, FORCESEEK) ON o.id = w.otp_id
        JOIN deliveries d WITH (UPDLOCK, ROWLOCK, READCOMMITTEDLOCK, FORCESEEK) ON d.otp_id = w.otp_id AND d.step = w.step
        WHERE EXISTS (SELECT 1 FROM @open k WHERE k.id = w.otp_id) AND o.expires_at > {Clock.Plus("@margin")}
          AND d.status = 'QUEUED' AND d.due_at <= @now AND d.channel = w.channel AND d.route = w.route AND d.tried = w.tried
        {Hints.ByKey};
        SELECT {DeliveryTable.Columns}, o.application_id, o.recipient_hash, o.country_iso, o.details, o.expires_at, {OtpPinTable.Columns}
        FROM @claimed c
        JOIN deliveries d WITH (READCOMMITTEDLOCK, FORCESEEK) ON d.otp_id = c.otp_id AND d.step = c.step AND d.attempt = c.attempt
        JOIN otps o WITH (READCOMMITTEDLOCK, FORCESEEK) ON o.id = d.otp_id
        CROSS APPLY (SELECT TOP (1) p.* FROM otp_pins p WHERE p.otp_id = o.id ORDER BY p.version DESC) p
        {Hints.ByKey};
        COMMIT TRANSACTION
        """;

    // Skips a row that another transaction holds: its work command is published again when it seems lost.
    private static readonly string PostponeSql =
        $"""
        UPDATE d
        SET due_at = CASE WHEN w.delay > 0 THEN {Clock.Plus("w.delay")} ELSE d.due_at END, waiting_since = @now,
            trace_parent = w.trace_parent
        FROM {Postponed.Table} w
        JOIN deliveries d {Hints.LockFree} ON d.otp_id = w.otp_id AND d.step = w.step
        WHERE d.status = 'QUEUED' AND d.waiting_since IS NULL AND d.due_at <= @now
          AND d.channel = w.channel AND d.route = w.route AND d.tried = w.tried
        {Hints.ByKey}
        """;

    private static readonly string FindEndingSql =
        $"""
        SELECT d.otp_id, d.application_id, d.id, d.step, o.[plan]
        FROM {Postponed.Table} w
        JOIN deliveries d WITH (FORCESEEK) ON d.otp_id = w.otp_id AND d.step = w.step
        JOIN otps o WITH (FORCESEEK) ON o.id = d.otp_id
        WHERE d.status = 'QUEUED' AND d.waiting_since IS NULL AND d.due_at <= @now
          AND d.channel = w.channel AND d.route = w.route AND d.tried = w.tried
          AND o.status = 'PENDING' AND o.[plan] IS NOT NULL AND o.expires_at <= {Clock.Plus("w.delay")}
        {Hints.ByKey}
        """;

    public Task PostponeAsync(IReadOnlyList<PostponeRequest> requests, CancellationToken cancellationToken) =>
        database.ExecuteAsync(new(PostponeSql, Postponed.Of(requests)), cancellationToken);

    public async Task<IReadOnlyList<EndingDelivery>> FindEndingAsync(
        IReadOnlyList<PostponeRequest> requests, CancellationToken cancellationToken) => await database.ReadAllAsync(
        new(FindEndingSql, Postponed.Of(requests)),
        r => new EndingDelivery(r.GetGuid(0), r.GetGuid(1), r.GetGuid(2), r.GetInt32(3), r.GetString(4)), cancellationToken);

    public async Task<IReadOnlyDictionary<Guid, ClaimedDelivery>> ClaimAsync(
        IReadOnlyList<ClaimRequest> requests, TimeSpan lease, TimeSpan margin, CancellationToken cancellationToken)
    {
        var claimed = await database.ReadAllAsync(
            new(
                ClaimSql, RowSet.Ids("ids", requests.Select(r => r.Hint.OtpId).Distinct()), Claims.Of(requests),
                Values.Span("lease", lease), Values.Span("margin", margin)),
            Read, cancellationToken);
        return claimed.ToDictionary(c => c.Delivery.LeaseId!.Value);
    }

    public async Task<IReadOnlyList<QueueShare>> FindWaitingAsync(QueueShare? after, int limit, CancellationToken cancellationToken) =>
        await database.ReadAllAsync(ReleaseStatements.FindWaiting(after, limit), ReleaseStatements.ReadShare, cancellationToken);

    public async Task<IReleaseUnit> BeginReleaseAsync(CancellationToken cancellationToken) =>
        new SqlServerReleaseUnit(await SqlServerSession.BeginAsync(database, cancellationToken));

    private static ClaimedDelivery Read(DbDataReader reader)
    {
        const int Next = DeliveryTable.Width;
        return new(
            DeliveryTable.Read(reader),
            reader.GetGuid(Next),
            reader.Bytes(Next + 1),
            reader.Text(Next + 2),
            reader.Bytes(Next + 3),
            OtpPinTable.Read(reader, Next + 5),
            reader.Time(Next + 4));
    }
}
