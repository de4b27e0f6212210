using System.Reflection;
using Microsoft.SqlServer.Dac.Model;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using OtpPipeline.Storage.SqlServer;
using OtpPipeline.Storage.SqlServer.Outbox;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Storage.SqlServer;

/// <summary>Every statement that the stores can send, read by Microsoft's parser and bound by Microsoft's model.</summary>
public sealed class The_statements_for_SQL_Server
{
    private static readonly string[] Verbs = ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE ", "EXEC "];

    /// <summary>Statements with a name that is not in the schema, and that name.</summary>
    private static readonly (string Sql, string Name)[] Misspelt =
    [
        ("SELECT o.staus FROM otps o", "staus"),
        ("SELECT o.id FROM otp o", "otp"),
        ("UPDATE d SET sent = @now FROM OPENJSON(@ids) WITH (id uniqueidentifier '$') k JOIN deliveries d ON d.id = k.id", "sent"),
        ("INSERT INTO otp_pins (otp_id, versoin) SELECT @now, 1", "versoin"),
        ("EXEC sp_getapplock @Resource = 'a', @LockMod = 'Shared', @LockOwner = 'Transaction', @LockTimeout = 1", "@LockMod"),
    ];

    public static TheoryData<string> Versions => ["2019", "2022", "2025"];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Are_T_SQL(string version)
    {
        var parser = Parser(version);

        (await SentStatements.AllAsync()).SelectMany(c => Errors(parser, SchemaModel.Procedure(c))).ShouldBeEmpty();
    }

    /// <summary>Misspelt statements stand between them: what does not bind them would find nothing in the others either.</summary>
    [Theory]
    [InlineData(SqlServerVersion.Sql150)]
    [InlineData(SqlServerVersion.Sql160)]
    public async Task Name_tables_columns_and_types_of_the_migrated_schema(SqlServerVersion version)
    {
        var misspelt = Misspelt.Select(m => new SentCommand(m.Sql, ["@now datetime2(6)", "@ids nvarchar(max)"]));

        // The check at the start reads views of the server, which no schema of ours has.
        var sent = (await SentStatements.AllAsync()).Where(c => !c.Text.Contains("sys.databases"));
        var problems = SchemaModel.Problems(version, [.. misspelt, .. sent]);

        Misspelt.Where((m, i) => !problems[i].Any(p => p.Contains(m.Name))).ShouldBeEmpty();
        problems.Where(p => p.Key >= Misspelt.Length || p.Key < 0).SelectMany(p => p).ShouldBeEmpty();
    }

    [Fact]
    public async Task Are_sent_by_every_method_of_a_store() => (await SentStatements.SilentAsync()).ShouldBeEmpty();

    [Fact]
    public async Task Are_all_collected()
    {
        var sent = string.Join('\n', (await SentStatements.AllAsync()).Select(c => c.Text));

        Written().Where(text => !sent.Contains(text.Sql)).Select(text => text.Name).ShouldBeEmpty();
    }

    /// <summary>A plan that cannot follow FORCESEEK or an index hint is error 8622 or 308.</summary>
    [Fact]
    public async Task Have_an_index_for_each_hint_that_wants_one()
    {
        var indexes = new SchemaIndexes();
        var parser = Parser("2019");

        (await SentStatements.AllAsync()).SelectMany(c => IndexHints.Unmet(Parse(parser, SchemaModel.Procedure(c)), indexes))
            .Distinct().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("SELECT d.id FROM @ids k JOIN deliveries d WITH (ROWLOCK, FORCESEEK) ON d.id = k.id", "deliveries d by id")]
    [InlineData("SELECT o.id FROM otps o WITH (INDEX(ix_otps_track)) WHERE o.track_id = @id", "otps has no index ix_otps_track")]
    [InlineData("SELECT d.id FROM @ids k JOIN deliveries d WITH (FORCESEEK) ON k.id = d.otp_id", null)]
    public void With_a_hint_that_no_index_meets_are_refused(string sql, string? unmet) =>
        IndexHints.Unmet(Parse(Parser("2019"), sql), new SchemaIndexes()).ShouldBe(unmet is null ? [] : [unmet]);

    [Fact]
    public async Task Run_in_one_round_trip_with_the_session_s_settings()
    {
        var sent = await SentStatements.AllAsync();

        sent.Where(c => c.Parameters.Count > 0 && c.Text != SqlServerInbox.InsertSql)
            .Where(c => !c.Text.StartsWith("SET NOCOUNT, XACT_ABORT ON;\nSET LOCK_TIMEOUT 5000;"))
            .ShouldBeEmpty();
    }

    /// <summary>sp_executesql must end with as many transactions as it began with, else the server answers error 266.</summary>
    [Fact]
    public async Task With_parameters_end_as_many_transactions_as_they_begin()
    {
        var sent = await SentStatements.AllAsync();

        sent.Where(c => c.Parameters.Count > 0 && Count(c, "BEGIN TRANSACTION") != Count(c, "COMMIT TRANSACTION")).ShouldBeEmpty();
    }

    private static int Count(SentCommand command, string text) => command.Text.Split(text).Length - 1;

    private static TSqlParser Parser(string version) => version switch
    {
        "2019" => new TSql150Parser(initialQuotedIdentifiers: true),
        "2022" => new TSql160Parser(initialQuotedIdentifiers: true),
        _ => new TSql170Parser(initialQuotedIdentifiers: true),
    };

    private static TSqlFragment Parse(TSqlParser parser, string sql)
    {
        using var reader = new StringReader(sql);
        return parser.Parse(reader, out _);
    }

    private static IEnumerable<string> Errors(TSqlParser parser, string sql)
    {
        using var reader = new StringReader(sql);
        parser.Parse(reader, out var errors);
        return errors.Select(e => $"line {e.Line}: {e.Message}\n{sql}");
    }

    /// <summary>The constants of the project that hold SQL.</summary>
    private static IEnumerable<(string Name, string Sql)> Written() =>
        typeof(SqlServerStorage).Assembly.GetTypes()
            .Where(t => t.Namespace?.StartsWith("OtpPipeline.Storage.SqlServer") == true && !t.Namespace.EndsWith(".Migrations"))
            .SelectMany(t => t.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(f => f.FieldType == typeof(string))
            .Select(f => (Name: $"{f.DeclaringType!.Name}.{f.Name}", Sql: (string)f.GetValue(null)!))
            .Where(f => Verbs.Any(verb => f.Sql.Contains(verb)));
}
