using Npgsql;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Storage.Postgres.Tables;

namespace OtpPipeline.Storage.Postgres.Otps;

/// <summary>SQL for a page of the list of OTPs.</summary>
/// <remarks>
/// One key of the filter finds rows by its index, newest first; at most <see cref="MaxExamined"/> of them are compared with the rest of
/// the filter. So no search reads a large part of the table, and a page may be short although more follow.
/// </remarks>
internal sealed class OtpListSql
{
    /// <summary>How many rows one page compares with the filter.</summary>
    public const int MaxExamined = 2_000;

    /// <summary>Settings of the transaction. A plan that expects few rows would otherwise read all rows of a key and then sort them.</summary>
    public const string Settings = "SELECT set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true)";

    private const string Columns =
        "o.id, o.created_at, o.application_id, o.recipient_hash, o.track_id, o.external_hash, o.channel, o.is_test, "
        + "CASE WHEN o.status = 'PENDING' AND o.expires_at <= (SELECT now FROM clock) THEN 'EXPIRED' ELSE o.status END AS status";

    private const string NewestFirst = "ORDER BY o.created_at DESC, o.id DESC";

    private readonly List<string> _others = [];

    private OtpListSql(OtpFilter filter, OtpPlace? after, int limit)
    {
        var key = Key(filter);
        var range = Range(filter, after);
        Filter("application_id = ", filter.ApplicationId, isKey: key is "application_id");
        Filter("recipient_hash = ", filter.RecipientHash, isKey: key is "recipient_hash");
        Filter("track_id = ", filter.TrackId, isKey: key is "track_id");
        Filter("external_hash = ", filter.ExternalHash, isKey: key is "external_hash");
        Filter("status = ", filter.Status is { } status ? EnumText<OtpStatus>.Upper(status) : null, isKey: false);
        Filter("is_test = ", filter.IsTest, isKey: false);
        Filter("channel = ", filter.Channel?.Text(), isKey: false);

        var others = _others.Count == 0 ? "true" : string.Join(" AND ", _others);
        Examined = _others.Count == 0 ? limit + 1 : MaxExamined;
        var examined = key is null
            ? $"""
               SELECT o.* FROM applications a CROSS JOIN LATERAL (
                   SELECT {Columns} FROM otps o WHERE o.application_id = a.id{range} {NewestFirst} LIMIT {Examined}) o
               {NewestFirst} LIMIT {Examined}
               """
            : $"SELECT {Columns} FROM otps o WHERE o.{key} = {KeyValue}{range} {NewestFirst} LIMIT {Examined}";
        Sql =
            $"""
             WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now),
             examined AS MATERIALIZED ({examined}),
             matched AS MATERIALIZED (
                 SELECT o.id FROM examined o WHERE {others} {NewestFirst} LIMIT {limit + 1}),
             oldest AS (SELECT o.created_at, o.id FROM examined o ORDER BY o.created_at, o.id LIMIT 1)
             SELECT (SELECT now FROM clock), (SELECT count(*) FROM examined), (SELECT created_at FROM oldest), (SELECT id FROM oldest),
                    {OtpTable.Columns}
             FROM (SELECT 1) one LEFT JOIN (matched m JOIN otps o ON o.id = m.id) ON true
             {NewestFirst}
             """;
    }

    public string Sql { get; }

    public List<NpgsqlParameter> Parameters { get; } = [];

    /// <summary>How many rows this page compares with the filter at most.</summary>
    public int Examined { get; }

    private string KeyValue { get; set; } = "";

    public static OtpListSql From(OtpFilter filter, OtpPlace? after, int limit) => new(filter, after, limit);

    /// <summary>The column whose index finds the fewest rows.</summary>
    private static string? Key(OtpFilter filter) => filter switch
    {
        { TrackId: not null } => "track_id",
        { ExternalHash: not null } => "external_hash",
        { RecipientHash: not null } => "recipient_hash",
        { ApplicationId: not null } => "application_id",
        _ => null,
    };

    /// <summary>The bounds of an index that ends with created_at.</summary>
    private string Range(OtpFilter filter, OtpPlace? after)
    {
        var range = "";
        if (filter.From is { } from)
        {
            range += $" AND o.created_at >= {Add(from)}";
        }

        if (filter.To is { } to)
        {
            range += $" AND o.created_at < {Add(to)}";
        }

        if (after is { } place)
        {
            var createdAt = Add(place.CreatedAt);
            range += $" AND o.created_at <= {createdAt} AND (o.created_at, o.id) < ({createdAt}, {Add(place.Id)})";
        }

        return range;
    }

    private void Filter(string condition, object? value, bool isKey)
    {
        if (value is null)
        {
            return;
        }

        if (isKey)
        {
            KeyValue = Add(value);
        }
        else
        {
            _others.Add($"o.{condition}{Add(value)}");
        }
    }

    private string Add(object value)
    {
        Parameters.Add(new() { Value = value });
        return $"${Parameters.Count}";
    }
}
