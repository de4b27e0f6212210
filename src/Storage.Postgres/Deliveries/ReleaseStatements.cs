using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Storage.Postgres.Sessions;
using OtpPipeline.Storage.Postgres.Tables;

namespace OtpPipeline.Storage.Postgres.Deliveries;

/// <summary>SQL that counts and releases deliveries waiting for capacity in a channel's queue.</summary>
internal static class ReleaseStatements
{
    private const string Published = DeliveryTable.Published;
    private const string Waiting = DeliveryTable.Waiting;
    private const string OfShare = "d.channel = s.channel AND d.application_id = s.application_id";

    // Lists the shares in index order. Each share takes one index step, however many deliveries it has.
    private const string FindWaitingSql =
        $"""
        WITH RECURSIVE shares AS (
            (SELECT d.channel, d.application_id FROM deliveries d WHERE {Waiting} AND (d.channel, d.application_id) > ($1, $2)
             ORDER BY d.channel, d.application_id LIMIT 1)
            UNION ALL
            SELECT next.channel, next.application_id FROM shares s CROSS JOIN LATERAL (
                SELECT d.channel, d.application_id FROM deliveries d WHERE {Waiting} AND (d.channel, d.application_id) > (s.channel, s.application_id)
                ORDER BY d.channel, d.application_id LIMIT 1) next)
        SELECT s.application_id, s.channel FROM shares s
        WHERE EXISTS (SELECT 1 FROM deliveries d WHERE {Waiting} AND {OfShare} AND d.due_at <= (SELECT clock_timestamp()))
        LIMIT $3
        """;

    // The count waited for no lock, so it includes all committed rows. The lock keeps others from releasing by the same count. The lag of
    // a queue counts from publish_due_at, which republications before this release no longer delay.
    private const string TakeSql =
        $"""
        WITH room AS MATERIALIZED (
            SELECT s.application_id, s.channel, GREATEST(0, LEAST($4, $3 - p.count)) AS places
            FROM unnest($1, $2) AS s (application_id, channel)
            CROSS JOIN LATERAL (SELECT count(*) FROM (SELECT 1 FROM deliveries d WHERE {Published} AND {OfShare} LIMIT $3) counted) p),
        taken AS MATERIALIZED (
            SELECT next.otp_id, next.id FROM room s CROSS JOIN LATERAL (
                SELECT d.otp_id, d.id FROM deliveries d WHERE {Waiting} AND {OfShare} AND d.due_at <= (SELECT clock_timestamp())
                ORDER BY d.due_at LIMIT s.places FOR UPDATE SKIP LOCKED) next)
        UPDATE deliveries d SET waiting_since = NULL, publish_due_at = clock_timestamp() + $5, republished = 0
        FROM taken WHERE d.otp_id = taken.otp_id AND d.id = taken.id
        RETURNING d.application_id, d.otp_id, d.channel, d.step, d.trace_parent, d.due_at, d.route, d.tried
        """;

    /// <summary>Lets only one process release at a time. No other code of ours takes this lock.</summary>
    public const string LockSql = "SELECT pg_try_advisory_xact_lock(7031, 1)";

    /// <summary>Counts up to <paramref name="most"/> deliveries of each share.</summary>
    public static void CountUse(NpgsqlBatch batch, IReadOnlyList<QueueShare> shares, int most) => batch.Add(
        $"""
        SELECT s.application_id, s.channel, p.count,
               EXISTS (SELECT 1 FROM deliveries d WHERE {Waiting} AND {OfShare} AND d.due_at <= (SELECT clock_timestamp())) AS waits
        FROM unnest($1, $2) AS s (application_id, channel)
        CROSS JOIN LATERAL (SELECT count(*) FROM (SELECT 1 FROM deliveries d WHERE {Published} AND {OfShare} LIMIT $3) counted) p
        """,
        Parameters.From(shares, s => s.ApplicationId, NpgsqlDbType.Uuid),
        Parameters.From(shares, s => s.Channel.Text(), NpgsqlDbType.Text),
        new() { Value = most });

    public static NpgsqlCommand FindWaiting(NpgsqlDataSource dataSource, QueueShare? after, int limit)
    {
        var command = dataSource.CreateCommand(FindWaitingSql);
        command.Parameters.Add(new() { Value = after?.Channel.Text() ?? "", NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = after?.ApplicationId ?? Guid.Empty });
        command.Parameters.Add(new() { Value = limit });
        return command;
    }

    public static void Take(NpgsqlBatch batch, IReadOnlyList<QueueShare> shares, int target, int most, TimeSpan lostAfter) => batch.Add(
        TakeSql,
        Parameters.From(shares, s => s.ApplicationId, NpgsqlDbType.Uuid),
        Parameters.From(shares, s => s.Channel.Text(), NpgsqlDbType.Text),
        new() { Value = (long)target },
        new() { Value = (long)most },
        new() { Value = lostAfter });

    public static QueueShare ReadShare(NpgsqlDataReader reader) => new(reader.GetGuid(0), EnumText<Channel>.Parse(reader.GetString(1)));

    public static (QueueShare Share, QueueShareUse Use) ReadUse(NpgsqlDataReader reader) =>
        (ReadShare(reader), new((int)reader.GetInt64(2), reader.GetBoolean(3)));

    public static (ReleasedDelivery Delivery, DateTime DueAt) ReadReleased(NpgsqlDataReader reader) =>
        (
            new(reader.GetGuid(0), reader.GetGuid(1), EnumText<Channel>.Parse(reader.GetString(2)), reader.GetInt32(3), reader.Text(4), reader.GetString(6),
                reader.GetString(7)),
            reader.GetDateTime(5));
}
