using System.Net;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Storage;

public sealed class The_migrations_of_a_database : IAsyncLifetime
{
    private const string Empty = "The database has no tables yet: run the Api once with --migrate.";
    private const string Foreign =
        "The database was made by another version, whose migrations this one does not know (20200101000000_AnotherLine): "
        + "use that version, or an empty database.";

    private const string HistoryTable =
        """CREATE TABLE "__EFMigrationsHistory" ("MigrationId" varchar(150) PRIMARY KEY, "ProductVersion" varchar(32) NOT NULL)""";

    private readonly ApiHost _host;
    private EmptyDatabase _database = null!;

    public The_migrations_of_a_database(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    public async ValueTask InitializeAsync() => _database = await EmptyDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task That_were_never_applied_stop_a_host_with_one_sentence()
    {
        var ending = await ApiProcess.RunAsync(_database.Settings(_host));

        ending.Errors.ShouldBe(Empty + Environment.NewLine);
        ending.ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task Of_another_line_stop_a_host_and_migrate_with_one_sentence()
    {
        await _database.ExecuteAsync(HistoryTable);
        await _database.ExecuteAsync("""INSERT INTO "__EFMigrationsHistory" VALUES ('20200101000000_AnotherLine', '10.0.0')""");

        foreach (var arguments in new string[][] { ["--migrate"], [] })
        {
            var ending = await ApiProcess.RunAsync(_database.Settings(_host), arguments);

            ending.Errors.ShouldBe(Foreign + Environment.NewLine);
            ending.ExitCode.ShouldBe(1);
            ending.Output.ShouldBeEmpty();
        }

        (await _database.CountAsync("pg_tables WHERE schemaname = 'public'")).ShouldBe(1);
    }

    /// <summary>A release that goes back finds its own tables and more.</summary>
    [Fact]
    public async Task Of_a_newer_version_leave_this_one_at_work()
    {
        (await ApiProcess.RunAsync(_database.Settings(_host), "--migrate")).ExitCode.ShouldBe(0);
        await _database.ExecuteAsync("""INSERT INTO "__EFMigrationsHistory" VALUES ('29990101000000_NewColumn', '11.0.0')""");

        var again = await ApiProcess.RunAsync(_database.Settings(_host), "--migrate");
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["ConnectionStrings:Otp"] = _database.ConnectionString };
        await using var server = new KestrelHost(_host, settings);
        using var http = new HttpClient { BaseAddress = server.Address };

        again.ExitCode.ShouldBe(0, again.Errors);
        again.Output.ShouldStartWith("Database migrated: 0 migrations applied");
        (await new ApiClient(http, _host.Shop.Key).RequestAsync(new { phoneNumber = Recipients.Next() })).Status
            .ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Wait_for_those_who_hold_what_they_need()
    {
        await _database.ExecuteAsync(HistoryTable);
        Task<Programs.Ending> migrating;
        await using (await _database.HoldAsync("""LOCK TABLE "__EFMigrationsHistory" IN ACCESS SHARE MODE"""))
        {
            migrating = ApiProcess.RunAsync(_database.Settings(_host), "--migrate");

            // The first wait is over, and a second one has begun.
            var waits = new HashSet<DateTime>();
            while (waits.Count < 2 && !migrating.IsCompleted)
            {
                waits.UnionWith(await _database.WaitsAsync());
            }
        }

        var ending = await migrating;
        ending.ExitCode.ShouldBe(0, ending.Errors);
        ending.Output.ShouldContain("Database migrated: 1 migrations applied");
    }
}
