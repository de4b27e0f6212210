using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Storage.Postgres.Otps;

namespace OtpPipeline.Api.Tests.Storage;

public sealed class The_search_for_otps
{
    private static readonly Guid Application = Guid.CreateVersion7();
    private static readonly OtpFilter All = new(ApplicationId: null);
    private readonly ApiHost _host;

    public The_search_for_otps(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    public static TheoryData<string, string> Ways => new()
    {
        { "all", "ix_otps_application_id" },
        { "application", "ix_otps_application_id" },
        { "recipient", "ix_otps_recipient_hash" },
        { "trackId", "ix_otps_track_id" },
        { "externalId", "ix_otps_external_hash" },
    };

    /// <summary>With the plan that a prepared statement keeps, on a table that looks empty.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Reads_the_index_of_each_way_and_no_table_whole(string way, string index)
    {
        foreach (var filter in new[] { Filter(way), Filter(way) with { Status = OtpStatus.Failed, Channel = Channel.Sms } })
        {
            foreach (var after in new OtpPlace?[] { null, new(DateTime.UtcNow, Guid.CreateVersion7()) })
            {
                var plan = await ExplainAsync(
                    OtpListSql.From(filter with { From = DateTime.UtcNow.AddDays(-1), To = DateTime.UtcNow }, after, 100), "EXPLAIN");

                plan.ShouldContain($"using {index} on otps");
                plan.ShouldNotContain("Seq Scan on otps");
                plan.ShouldNotContain("Bitmap Heap Scan on otps");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Reads_a_bounded_number_of_rows_however_few_match(string way, string index)
    {
        var (application, hash, trackId) = (Guid.CreateVersion7(), Guid.CreateVersion7().ToByteArray(), Guid.CreateVersion7());
        await _host.AddOtpsAsync(application, 2_500, recipientHash: hash, trackId: trackId, externalHash: hash);
        var filter = (way switch
        {
            "recipient" => All with { RecipientHash = hash },
            "trackId" => All with { TrackId = trackId },
            "externalId" => All with { ExternalHash = hash },
            _ => All with { ApplicationId = application },
        }) with { Channel = Channel.Ussd };

        var plan = await ExplainAsync(OtpListSql.From(filter, after: null, 100), "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF)");

        plan.Contains($"using {index} on otps", StringComparison.Ordinal).ShouldBeTrue(plan);
        var scan = plan.Split('\n').First(l => l.Contains($"using {index} on otps", StringComparison.Ordinal));
        var rows = int.Parse(scan.Split("actual rows=")[1].Split(' ')[0], CultureInfo.InvariantCulture);
        rows.ShouldBeInRange(OtpListSql.MaxExamined, OtpListSql.MaxExamined + 100, plan);
    }

    private static OtpFilter Filter(string way) => way switch
    {
        "application" => All with { ApplicationId = Application },
        "recipient" => new(Application, RecipientHash: [1, 2]),
        "trackId" => new(Application, TrackId: Application),
        "externalId" => new(Application, ExternalHash: [1, 2]),
        _ => All,
    };

    private async Task<string> ExplainAsync(OtpListSql list, string explain)
    {
        await using var connection = await _host.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await RunAsync(connection, OtpListSql.Settings);
        await RunAsync(connection, "SET LOCAL plan_cache_mode = force_generic_plan");
        await RunAsync(connection, $"PREPARE search AS {list.Sql}");
        var values = list.Parameters.Count == 0 ? "" : $"({string.Join(", ", list.Parameters.Select(p => Literal(p.Value!)))})";
        var plan = await RunAsync(connection, $"{explain} EXECUTE search{values}");
        await RunAsync(connection, "DEALLOCATE search");
        return string.Join('\n', plan);
    }

    private static string Literal(object value) => value switch
    {
        byte[] bytes => $"'\\x{Convert.ToHexString(bytes)}'",
        DateTime moment => $"'{moment:O}'",
        _ => $"'{value}'",
    };

    private static async Task<List<string>> RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
        {
            lines.Add(reader.GetString(0));
        }

        return lines;
    }
}
