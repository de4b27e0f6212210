using OtpPipeline.Outbox;
using OtpPipeline.Storage.SqlServer.Sessions;

namespace OtpPipeline.Storage.SqlServer.Outbox;

/// <summary>The outbox table on SQL Server.</summary>
internal sealed class SqlServerOutbox(SqlServerDatabase database) : IOutboxStore
{
    // One statement finds and claims, so that two processes never claim one row: READPAST skips what the other has just locked.
    private static readonly string ClaimSql =
        $"""
        WITH due AS (
            SELECT TOP (@limit) m.* FROM outbox_messages m {Hints.Claim}
            WHERE m.parked_at IS NULL AND m.due_at <= @now
            ORDER BY m.due_at)
        UPDATE due SET lease_id = @lease_id, due_at = {Clock.Plus("@lease")}
        OUTPUT {OutboxTable.Columns.Replace("m.", "inserted.", StringComparison.Ordinal)}
        """;

    private static readonly string DeleteSql =
        $"DELETE m FROM {RowSet.IdsOf("ids")} k JOIN outbox_messages m WITH (ROWLOCK, FORCESEEK) ON m.id = k.id {Hints.ByKey}";

    private static readonly string ReleaseSql =
        $"""
        UPDATE m SET due_at = {Clock.Plus("@after")}, lease_id = NULL
        FROM {RowSet.IdsOf("ids")} k JOIN outbox_messages m WITH (ROWLOCK, FORCESEEK) ON m.id = k.id
        WHERE m.lease_id = @lease_id
        {Hints.ByKey}
        """;

    private static readonly RowSet<OutboxFailure> Failures = new(
        "failures",
        Column.Id<OutboxFailure>("id", f => f.Id),
        Column.Span<OutboxFailure>("retry_after", f => f.RetryAfter),
        Column.Text<OutboxFailure>("error", 500, f => f.Error));

    private static readonly string FailSql =
        $"""
        UPDATE m
        SET attempts = m.attempts + 1, last_error = f.error, lease_id = NULL, due_at = {Clock.Plus("COALESCE(f.retry_after, 0)")},
            parked_at = CASE WHEN f.retry_after IS NULL THEN @now END
        FROM {Failures.Table} f JOIN outbox_messages m WITH (ROWLOCK, FORCESEEK) ON m.id = f.id
        WHERE m.lease_id = @lease_id
        {Hints.ByKey}
        """;

    private const string ListParkedSql =
        $"""
        SELECT TOP (@limit) {OutboxTable.Columns} FROM outbox_messages m
        WHERE m.parked_at IS NOT NULL AND m.id > @after ORDER BY m.id
        """;

    private static readonly string ReplaySql =
        $"""
        UPDATE m SET parked_at = NULL, attempts = 0, due_at = @now
        FROM {RowSet.IdsOf("ids")} k JOIN outbox_messages m WITH (ROWLOCK, FORCESEEK) ON m.id = k.id
        WHERE m.parked_at IS NOT NULL
        {Hints.ByKey};
        SELECT @@ROWCOUNT
        """;

    private static readonly string DiscardSql =
        $"""
        DELETE m FROM {RowSet.IdsOf("ids")} k JOIN outbox_messages m WITH (ROWLOCK, FORCESEEK) ON m.id = k.id
        WHERE m.parked_at IS NOT NULL
        {Hints.ByKey};
        SELECT @@ROWCOUNT
        """;

    public async Task<IReadOnlyList<OutboxMessage>> ClaimAsync(
        Guid leaseId, TimeSpan lease, int limit, CancellationToken cancellationToken) => await database.ReadAllAsync(
        new(ClaimSql, Values.Id("lease_id", leaseId), Values.Span("lease", lease), Values.Number("limit", limit)),
        OutboxTable.Read, cancellationToken);

    public Task DeleteAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        database.ExecuteAsync(new(DeleteSql, RowSet.Ids("ids", ids)), cancellationToken);

    public Task ReleaseAsync(Guid leaseId, IReadOnlyCollection<Guid> ids, TimeSpan after, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            new(ReleaseSql, RowSet.Ids("ids", ids), Values.Id("lease_id", leaseId), Values.Span("after", after)), cancellationToken);

    public Task FailAsync(Guid leaseId, IReadOnlyCollection<OutboxFailure> failures, CancellationToken cancellationToken) =>
        database.ExecuteAsync(new(FailSql, Failures.Of(failures), Values.Id("lease_id", leaseId)), cancellationToken);

    public async Task<IReadOnlyList<OutboxMessage>> ListParkedAsync(int limit, Guid? after, CancellationToken cancellationToken) =>
        await database.ReadAllAsync(
            new(ListParkedSql, Values.Number("limit", limit), Values.Id("after", after ?? Guid.Empty)),
            OutboxTable.Read, cancellationToken);

    public Task<int> ReplayAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        CountAsync(ReplaySql, ids, cancellationToken);

    public Task<int> DiscardAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        CountAsync(DiscardSql, ids, cancellationToken);

    private Task<int> CountAsync(string sql, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) => database.ReadAsync(
        new(sql, RowSet.Ids("ids", ids)), reader => Rows.ReadOneAsync(reader, r => r.GetInt32(0), cancellationToken), cancellationToken);
}
