using System.Text.RegularExpressions;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Architecture;

/// <summary>A database's own SQL and driver stand in its storage project only.</summary>
public partial class The_SQL_of_each_database
{
    [Fact]
    public void Of_PostgreSQL_stands_in_its_project() => Lines("Storage.Postgres", Postgres()).ShouldBeEmpty();

    [Fact]
    public void Of_SQL_Server_stands_in_its_project() => Lines("Storage.SqlServer", SqlServer()).ShouldBeEmpty();

    [Theory]
    [InlineData("SELECT id FROM unnest($1) AS k (id)")]
    [InlineData("INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING")]
    [InlineData("SELECT set_config('lock_timeout', '1', false)")]
    [InlineData("using Npgsql;")]
    [InlineData(".Where(m => m.SentAt > DateTime.UtcNow - retention)")]
    public void Of_PostgreSQL_is_recognised(string line) => Postgres().IsMatch(line).ShouldBeTrue();

    [Theory]
    [InlineData("SELECT TOP (1) id FROM otps WITH (UPDLOCK)")]
    [InlineData("SELECT SYSUTCDATETIME()")]
    [InlineData("SET LOCK_TIMEOUT 1000")]
    [InlineData("using Microsoft.Data.SqlClient;")]
    public void Of_SQL_Server_is_recognised(string line) => SqlServer().IsMatch(line).ShouldBeTrue();

    /// <summary>Lines of the other projects that need this database.</summary>
    private static IEnumerable<string> Lines(string home, Regex own) =>
        Directory.GetFiles(Repository.At("src"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"/{home}/") && !f.Contains("/obj/") && !f.Contains("/bin/"))
            .SelectMany(f => File.ReadLines(f).Where(l => own.IsMatch(l)).Select(l => $"{Path.GetFileName(f)}: {l.Trim()}"));

    [GeneratedRegex(
        @"using Npgsql|\bunnest\(|clock_timestamp|ON CONFLICT|FOR UPDATE|SKIP LOCKED|set_config|\bpg_[a-z]+\(|\bRETURNING\b|\bLATERAL\b"
        + @"|ANY \(\$|\$\d::|\.UseNpgsql\(|DateTime\.UtcNow - ",
        RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Postgres();

    [GeneratedRegex(
        @"using Microsoft\.Data\.SqlClient|SYSUTCDATETIME|\bOPENJSON\b|\bUPDLOCK\b|\bREADPAST\b|@@[A-Z]+|SELECT TOP \(|OUTPUT inserted"
        + @"|sp_[a-z]+lock|LOCK_TIMEOUT|XACT_ABORT|DATEADD\(|\.UseSqlServer\(",
        RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex SqlServer();
}
