using Npgsql;
using NpgsqlTypes;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Callbacks.Sending;
using OtpPipeline.Core.Formats;

namespace OtpPipeline.Storage.Postgres.Callbacks;

/// <summary>SQL that selects callbacks for an operator and replays them.</summary>
internal static class CallbackFilterSql
{
    /// <summary>Restarts the whole schedule from now. A callback that is being sent keeps its lease.</summary>
    public const string Replay =
        """
        due_at = CASE WHEN c.status = 'PENDING' AND c.lease_id IS NOT NULL THEN c.due_at ELSE clock_timestamp() END,
        status = 'PENDING', reason = NULL, failures = 0, updated_at = clock_timestamp()
        """;

    /// <summary>
    /// Inlines the status, so that its partial index serves; the rest are three parameters from <paramref name="first"/> on.
    /// </summary>
    public static string From(CallbackFilter filter, int first) =>
        $"""
        {(filter.Status is { } status ? $"c.status = '{EnumText<CallbackStatus>.Upper(status)}'" : "true")}
        AND (${first}::uuid IS NULL OR c.application_id = ${first})
        AND (${first + 1}::timestamptz IS NULL OR c.created_at >= ${first + 1})
        AND (${first + 2}::timestamptz IS NULL OR c.created_at < ${first + 2})
        """;

    /// <summary>A page of the list, newest first. Ids come from many processes' clocks and order only callbacks of one moment.</summary>
    public static string Page(string columns, CallbackFilter filter, CallbackPlace? after) =>
        $"""
        SELECT {columns} FROM callbacks c
        WHERE {(after is null ? "true" : "(c.created_at, c.id) < ($5, $6)")} AND {From(filter, 2)}
        ORDER BY c.created_at DESC, c.id DESC LIMIT $1
        """;

    public static NpgsqlParameter[] PageValues(CallbackFilter filter, CallbackPlace? after, int limit) =>
    [
        new() { Value = limit },
        .. Values(filter),
        .. after is { } place ? (NpgsqlParameter[])[Moment(place.CreatedAt), Id(place.Id)] : [],
    ];

    public static NpgsqlParameter[] Values(CallbackFilter filter) => [Id(filter.ApplicationId), Moment(filter.From), Moment(filter.To)];

    public static NpgsqlParameter Id(Guid? id) => new() { Value = (object?)id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };

    private static NpgsqlParameter Moment(DateTime? moment) =>
        new() { Value = (object?)moment ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
