using OtpPipeline.Storage.SqlServer.Sessions;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Storage.SqlServer;

/// <summary>One sentence for the operator, which says what to do.</summary>
public sealed class The_check_of_SQL_Server
{
    [Fact]
    public void Passes_a_database_that_is_set_up() => Problem().ShouldBeNull();

    [Fact]
    public void Names_a_read_only_database() =>
        Problem(readOnly: true).ShouldBe("Database otp is read-only: ConnectionStrings:Otp must lead to the primary.");

    [Fact]
    public void Names_a_low_compatibility_level() => Problem(level: 140).ShouldBe(
        "Database otp has compatibility level 140: set 150 (SQL Server 2019) or higher (docs/operations.md, SQL Server).");

    [Fact]
    public void Names_isolation_without_snapshots() => Problem(snapshot: false).ShouldBe(
        "Database otp has READ_COMMITTED_SNAPSHOT off, so readers would wait for writers: "
        + "run ALTER DATABASE otp SET READ_COMMITTED_SNAPSHOT ON (docs/operations.md, SQL Server).");

    [Fact]
    public void Names_columns_with_another_collation() => Problem(collated: ["otps.status"]).ShouldBe(
        "Columns of database otp have another collation than Latin1_General_100_BIN2 (otps.status): "
        + "restore the one that the migration gave them (docs/operations.md, SQL Server).");

    [Fact]
    public void Names_missing_rights() => Problem(rights: ["DELETE on otps", "UPDATE on otps"]).ShouldBe(
        "The user of ConnectionStrings:Otp lacks rights in database otp: DELETE on otps, UPDATE on otps (docs/operations.md, SQL Server).");

    private static string? Problem(
        bool snapshot = true, int level = 160, bool readOnly = false, string[]? collated = null, string[]? rights = null) =>
        SqlServerCheck.Problem("otp", snapshot, level, readOnly, collated ?? [], rights ?? []);
}
