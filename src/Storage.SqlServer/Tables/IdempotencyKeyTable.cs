using System.Data.SqlTypes;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Storage.SqlServer.Sessions;

namespace OtpPipeline.Storage.SqlServer.Tables;

/// <summary>SQL for table idempotency_keys (alias i).</summary>
internal static class IdempotencyKeyTable
{
    private static readonly RowSet<NewOtp> Claimed = new(
        "keys",
        Column.Id<NewOtp>("application_id", o => o.ApplicationId),
        Column.Hash<NewOtp>("key_hash", o => o.IdempotencyHash),
        Column.Hash<NewOtp>("command_hash", o => o.CommandHash),
        Column.Id<NewOtp>("otp_id", o => o.OtpId));

    private static readonly RowSet<NewOtp> Released = new(
        "released_keys",
        Column.Id<NewOtp>("application_id", o => o.ApplicationId),
        Column.Hash<NewOtp>("key_hash", o => o.IdempotencyHash));

    // The update waits for a duplicate that is being committed, and takes over what has expired. A key that another transaction inserts
    // between the two statements ends this one, which then runs again as a whole and finds it.
    private static readonly string ClaimSql =
        $"""
        UPDATE i SET command_hash = k.command_hash, otp_id = k.otp_id, expires_at = {Clock.Plus("@retention")}
        FROM {Claimed.Table} k
        JOIN idempotency_keys i {Hints.Lock} ON i.application_id = k.application_id AND i.key_hash = k.key_hash
        WHERE i.expires_at <= @now
        {Hints.ByKey};
        {SqlServerBatch.ReadClock}
        INSERT INTO idempotency_keys (application_id, key_hash, command_hash, otp_id, expires_at)
        SELECT k.application_id, k.key_hash, k.command_hash, k.otp_id, {Clock.Plus("@retention")}
        FROM {Claimed.Table} k
        WHERE NOT EXISTS (
            SELECT 1 FROM idempotency_keys i WITH (FORCESEEK) WHERE i.application_id = k.application_id AND i.key_hash = k.key_hash)
        {Hints.ByKey};
        SELECT k.otp_id, i.command_hash, {OtpTable.Columns}
        FROM {Claimed.Table} k
        JOIN idempotency_keys i WITH (FORCESEEK)
          ON i.application_id = k.application_id AND i.key_hash = k.key_hash AND i.otp_id <> k.otp_id
        LEFT JOIN otps o WITH (FORCESEEK) ON o.id = i.otp_id
        {Hints.ByKey}
        """;

    private static readonly string ReleaseSql =
        $"""
        DELETE i FROM {Released.Table} r
        JOIN idempotency_keys i WITH (ROWLOCK, FORCESEEK) ON i.application_id = r.application_id AND i.key_hash = r.key_hash
        {Hints.ByKey}
        """;

    public static void Claim(SqlServerBatch batch, IReadOnlyCollection<NewOtp> requests, TimeSpan retention) => batch.Add(
        ClaimSql,
        Claimed.Of(requests.OrderBy(o => new SqlGuid(o.ApplicationId))
            .ThenBy(o => new SqlBinary(o.IdempotencyHash))),
        Values.Span("retention", retention));

    public static void Release(SqlServerBatch batch, IReadOnlyCollection<NewOtp> requests) =>
        batch.Add(ReleaseSql, Released.Of(requests));
}
