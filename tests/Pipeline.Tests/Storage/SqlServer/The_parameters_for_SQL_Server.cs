using OtpPipeline.Storage.SqlServer.Sessions;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Storage.SqlServer;

public sealed class The_parameters_for_SQL_Server
{
    private static readonly DateTime Time = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddTicks(1_234_567);

    [Fact]
    public void Carry_times_in_whole_microseconds_cut_as_PostgreSQL_s_driver_cuts_them()
    {
        var rows = new RowSet<DateTime>("times", Column.Time<DateTime>("at", t => t));

        rows.Of([Time]).Value.ShouldBe("""[["2026-01-02T03:04:05.123456"]]""");
        ((DateTime)Values.Time("at", Time).Value).Ticks.ShouldBe(Time.Ticks - 7);
    }

    [Fact]
    public void Carry_every_type_as_OPENJSON_reads_it()
    {
        var id = Guid.Parse("019f0000-0000-7000-8000-0000000000ab");
        var rows = new RowSet<int>(
            "rows",
            Column.Id<int>("id", _ => id),
            Column.Text<int>("name", 16, _ => "a\"b'+ü"),
            Column.Hash<int>("hash", _ => [0xFB, 0xFF]),
            Column.Amount<int>("cost", _ => 0.000001m),
            Column.Span<int>("delay", _ => TimeSpan.FromMilliseconds(1.5)),
            Column.Flag<int>("test", _ => true),
            Column.Day<int>("day", _ => new DateOnly(2026, 1, 2)),
            Column.Number<int>("none", _ => null));

        rows.Of([1]).Value.ShouldBe($"""[["{id}","a\"b'+ü","+/8=",0.000001,1500,true,"2026-01-02",null]]""");
        rows.Table.ShouldBe(
            "(SELECT id, name COLLATE Latin1_General_100_BIN2 AS name, hash, cost, delay, test, day, none FROM OPENJSON(@rows) WITH ("
            + "id uniqueidentifier '$[0]', name nvarchar(16) '$[1]', hash varbinary(32) '$[2]', cost decimal(18, 6) '$[3]', "
            + "delay bigint '$[4]', test bit '$[5]', day date '$[6]', none int '$[7]'))");
    }

    /// <summary>The server compares the last six bytes first.</summary>
    [Fact]
    public void Carry_ids_in_the_server_s_order()
    {
        var first = Guid.Parse("ffffffff-ffff-ffff-ffff-000000000001");
        var last = Guid.Parse("00000000-0000-0000-0000-000000000002");

        RowSet.Ids("ids", [last, first]).Value.ShouldBe($"""["{first}","{last}"]""");
    }

    [Fact]
    public void Of_one_name_are_refused_in_one_batch() => Should.Throw<ArgumentException>(
        () => new SqlServerBatch("SELECT @id", Values.Id("id", Guid.Empty)).Add("SELECT @id", Values.Id("id", Guid.Empty)));
}
