using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Stores;
using OtpPipeline.Storage.SqlServer.Sessions;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Storage.SqlServer;

public sealed class The_errors_of_SQL_Server
{
    /// <summary>Numbers as sys.messages has them; the driver's own are negative or end the connection.</summary>
    public static TheoryData<int, byte, string, StoreFailure> Numbers => new()
    {
        { 208, 16, "invalid object name", StoreFailure.Fault },
        { 229, 14, "the permission was denied on the object", StoreFailure.Outage },
        { 515, 16, "cannot insert NULL", StoreFailure.Fault },
        { 547, 16, "conflict with a constraint", StoreFailure.Fault },
        { 1105, 17, "could not allocate space", StoreFailure.Outage },
        { 1205, 13, "deadlock victim", StoreFailure.Retry },
        { 1222, 16, "lock request time out", StoreFailure.Busy },
        { 2601, 14, "duplicate key row in a unique index", StoreFailure.Duplicate },
        { 2627, 14, "violation of a unique constraint", StoreFailure.Duplicate },
        { 2628, 16, "data would be truncated", StoreFailure.Fault },
        { 3906, 16, "the database is read-only", StoreFailure.Outage },
        { 3960, 16, "snapshot isolation: update conflict", StoreFailure.Retry },
        { 4060, 11, "cannot open database", StoreFailure.Outage },
        { 8152, 16, "data would be truncated", StoreFailure.Fault },
        { 9002, 17, "the transaction log is full", StoreFailure.Outage },
        { 18456, 14, "login failed", StoreFailure.Outage },
        { 40613, 17, "the database is not currently available", StoreFailure.Outage },
        { 51205, 16, "a lock on a name ended in a deadlock", StoreFailure.Retry },
        { 51222, 16, "a lock on a name was not had in time", StoreFailure.Busy },
        { 0, 20, "the server was not found or was not accessible", StoreFailure.Outage },
        { -2, 11, "the time-out of a command expired", StoreFailure.Busy },
        { 10054, 20, "the connection was closed by the remote host", StoreFailure.Outage },
        { 823, 24, "an operating system error", StoreFailure.Outage },
    };

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Mean_what_their_number_says(int number, byte severity, string message, StoreFailure kind) =>
        SqlServerErrors.Read([(number, severity)]).Kind.ShouldBe(kind, message);

    [Fact]
    public void That_come_together_mean_the_one_that_is_known() =>
        SqlServerErrors.Read([(3621, 0), (2627, 14)]).Kind.ShouldBe(StoreFailure.Duplicate);

    [Theory]
    [InlineData(1222, true)]
    [InlineData(51222, true)]
    [InlineData(-2, false)]
    [InlineData(1205, false)]
    public void Say_whether_a_lock_was_not_had_in_time(int number, bool expected) =>
        SqlServerErrors.Read([(number, 16)]).IsLockTimeout.ShouldBe(expected);

    [Theory]
    [InlineData(208, 16, true, "SQL Server error 208")]
    [InlineData(2627, 14, false, "SQL Server error 2627 (unique constraint)")]
    [InlineData(-2, 11, false, null)]
    [InlineData(10054, 20, false, null)]
    public void Are_logged_by_their_number_unless_the_driver_wrote_them(int number, byte severity, bool tableMissing, string? code)
    {
        var error = SqlServerErrors.Read([(number, severity)]);

        error.Code.ShouldBe(code);
        error.IsTableMissing.ShouldBe(tableMissing);
    }

    [Fact]
    public void Of_a_full_pool_are_an_outage()
    {
        const string Message =
            "Timeout expired.  The timeout period elapsed prior to obtaining a connection from the pool.  This may have occurred because "
            + "all pooled connections were in use and max pool size was reached.";

        var ofTheDriver = new InvalidOperationException(Message) { Source = "Microsoft.Data.SqlClient" };

        SqlServerErrors.Read(ofTheDriver)!.Kind.ShouldBe(StoreFailure.Outage);
        SqlServerErrors.Read(new InvalidOperationException(Message)).ShouldBeNull();
    }

    [Fact]
    public async Task Of_a_row_that_another_transaction_made_let_the_unit_run_again()
    {
        var race = new DbUpdateConcurrencyException("Another transaction made the same row first.");

        StoreFailures.KindOf(race).ShouldBe(StoreFailure.Retry);
        var runs = 0;
        (await StoreRetries.RunAsync(() => runs++ == 0 ? throw race : Task.FromResult(runs))).ShouldBe(2);
    }
}
