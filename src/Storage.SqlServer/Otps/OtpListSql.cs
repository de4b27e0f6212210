using System.Globalization;
using Microsoft.Data.SqlClient;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Storage.SqlServer.Sessions;
using OtpPipeline.Storage.SqlServer.Tables;

namespace OtpPipeline.Storage.SqlServer.Otps;

/// <summary>SQL for a page of the list of OTPs.</summary>
/// <remarks>
/// One key of the filter finds rows by its index, newest first; at most <see cref="MaxExamined"/> of them are compared with the rest of
/// the filter. So no search reads a large part of the table, and a page may be short although more follow.
/// </remarks>
internal sealed class OtpListSql
{
    /// <summary>How many rows one page compares with the filter.</summary>
    public const int MaxExamined = 2_000;

    private const string Columns =
        "o.id, o.created_at, o.application_id, o.recipient_hash, o.track_id, o.external_hash, o.channel, o.is_test, "
        + "CASE WHEN o.status = 'PENDING' AND o.expires_at <= @now THEN 'EXPIRED' ELSE o.status END AS status";

    private const string NewestFirst = "ORDER BY o.created_at DESC, o.id DESC";

    private readonly List<string> _others = [];
    private readonly List<SqlParameter> _parameters = [];

    private OtpListSql(OtpFilter filter, OtpPlace? after, int limit)
    {
        var key = Key(filter);
        var range = Range(filter, after);
        Filter("application_id", filter.ApplicationId is { } application ? Values.Id("application", application) : null, key);
        Filter("recipient_hash", filter.RecipientHash is { } recipient ? Values.Hash("recipient", recipient) : null, key);
        Filter("track_id", filter.TrackId is { } track ? Values.Id("track", track) : null, key);
        Filter("external_hash", filter.ExternalHash is { } external ? Values.Hash("external", external) : null, key);
        Filter("status", filter.Status is { } status ? Values.Text("status", 16, EnumText<OtpStatus>.Upper(status)) : null, key);
        Filter("is_test", filter.IsTest is { } test ? Values.Flag("test", test) : null, key);
        Filter("channel", filter.Channel is { } channel ? Values.Text("channel", 16, channel.Text()) : null, key);

        Examined = _others.Count == 0 ? limit + 1 : MaxExamined;
        _parameters.Add(Values.Number("examined", Examined));
        _parameters.Add(Values.Number("page", limit + 1));
        var others = _others.Count == 0 ? "1 = 1" : string.Join(" AND ", _others);
        Sql =
            $"""
             DECLARE @rows TABLE (
                 id uniqueidentifier NOT NULL PRIMARY KEY, created_at datetime2(6) NOT NULL, application_id uniqueidentifier NOT NULL,
                 recipient_hash varbinary(32) NOT NULL, track_id uniqueidentifier NULL, external_hash varbinary(32) NULL,
                 channel nvarchar(16) COLLATE {Collation.Exact} NOT NULL, is_test bit NOT NULL,
                 status nvarchar(16) COLLATE {Collation.Exact} NOT NULL);
             INSERT INTO @rows (id, created_at, application_id, recipient_hash, track_id, external_hash, channel, is_test, status)
             {ExaminedSql(key, range)};
             SELECT @now, (SELECT COUNT(*) FROM @rows), (SELECT TOP (1) o.created_at FROM @rows o ORDER BY o.created_at, o.id),
                    (SELECT TOP (1) o.id FROM @rows o ORDER BY o.created_at, o.id);
             DECLARE @matched TABLE (id uniqueidentifier NOT NULL PRIMARY KEY);
             INSERT INTO @matched (id) SELECT TOP (@page) o.id FROM @rows o WHERE {others} {NewestFirst};
             SELECT {OtpTable.Columns} FROM @matched m JOIN otps o WITH (FORCESEEK) ON o.id = m.id {NewestFirst} {Hints.ByKey};
             SELECT {DeliveryTable.Columns} FROM @matched m JOIN deliveries d WITH (FORCESEEK) ON d.otp_id = m.id
             ORDER BY d.otp_id, d.step, d.attempt {Hints.ByKey}
             """;
    }

    public string Sql { get; }

    /// <summary>How many rows this page compares with the filter at most.</summary>
    public int Examined { get; }

    public SqlServerBatch Batch => new(Sql, _parameters);

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

    // The index hints hold the plan to the key's own index, in its order: for a key with few rows and one with a million.
    private string ExaminedSql(string? key, string range) => key is null
        ? $"""
           SELECT TOP (@examined) o.id, o.created_at, o.application_id, o.recipient_hash, o.track_id, o.external_hash, o.channel, o.is_test,
                  o.status
           FROM applications a CROSS APPLY (
               SELECT TOP (@examined) {Columns} FROM otps o WITH (INDEX(ix_otps_application_id)) WHERE o.application_id = a.id{range}
               {NewestFirst}) o
           {NewestFirst}
           """
        : $"""
           SELECT TOP (@examined) {Columns} FROM otps o WITH (INDEX(ix_otps_{key}))
           WHERE o.{key} = {KeyValue} AND o.{key} IS NOT NULL{range} {NewestFirst}
           """;

    /// <summary>The bounds of an index that ends with created_at.</summary>
    private string Range(OtpFilter filter, OtpPlace? after)
    {
        var range = "";
        if (filter.From is { } from)
        {
            range += $" AND o.created_at >= {Add(Values.Time("from", from))}";
        }

        if (filter.To is { } to)
        {
            range += $" AND o.created_at < {Add(Values.Time("to", to))}";
        }

        if (after is { } place)
        {
            var createdAt = Add(Values.Time("after_at", place.CreatedAt));
            var id = Add(Values.Id("after_id", place.Id));
            range += $" AND o.created_at <= {createdAt} AND (o.created_at < {createdAt} OR o.id < {id})";
        }

        return range;
    }

    private void Filter(string column, SqlParameter? value, string? key)
    {
        if (value is null)
        {
            return;
        }

        if (string.Equals(column, key, StringComparison.Ordinal))
        {
            KeyValue = Add(value);
        }
        else
        {
            _others.Add(string.Create(CultureInfo.InvariantCulture, $"o.{column} = {Add(value)}"));
        }
    }

    private string Add(SqlParameter value)
    {
        _parameters.Add(value);
        return value.ParameterName;
    }
}
