using System.Net.Sockets;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests;

public class A_failure_of_the_store
{
    private static readonly Dictionary<string, Exception> Outages = new(StringComparer.Ordinal)
    {
        ["no connection"] = new NpgsqlException("Failed to connect", new SocketException(111)),
        ["connection lost"] = new NpgsqlException("Exception while reading from stream", new EndOfStreamException()),
        ["command time-out"] = new NpgsqlException("Exception while reading from stream", new TimeoutException()),
        ["pool exhausted"] = new NpgsqlException("The connection pool has been exhausted"),
        ["stopping"] = Postgres("57P01"),
        ["starting"] = Postgres("57P03"),
        ["disk full"] = Postgres("53100"),
        ["too many connections"] = Postgres("53300"),
        ["connection failure"] = Postgres("08006"),
        ["wrapped by EF"] = new InvalidOperationException("likely transient", new NpgsqlException("x", new SocketException(104))),
        ["in SaveChanges"] = new DbUpdateException("x", Postgres("57P01")),
        ["disposed"] = new ObjectDisposedException("connection"),
    };

    private static readonly Dictionary<string, Exception> Others = new(StringComparer.Ordinal)
    {
        ["unique violation"] = Postgres("23505"),
        ["in SaveChanges"] = new DbUpdateException("x", Postgres("23505")),
        ["text too long"] = Postgres("22001"),
        ["deadlock"] = Postgres("40P01"),
        ["deadlock wrapped by EF"] = new InvalidOperationException("likely transient", Postgres("40P01")),
        ["lock time-out"] = Postgres("55P03"),
        ["bad secret"] = new System.Security.Cryptography.CryptographicException("x"),
        ["bug"] = new InvalidOperationException("x"),
    };

    public static TheoryData<string> OutageNames => [.. Outages.Keys];

    public static TheoryData<string> OtherNames => [.. Others.Keys];

    [Theory]
    [MemberData(nameof(OutageNames))]
    public void Is_an_outage_when_no_row_can_be_its_cause(string name) => StoreFailures.IsOutage(Outages[name]).ShouldBeTrue();

    [Theory]
    [MemberData(nameof(OtherNames))]
    public void Is_none_when_a_row_may_be_its_cause(string name) => StoreFailures.IsOutage(Others[name]).ShouldBeFalse();

    [Fact]
    public void May_be_a_row_that_somebody_holds()
    {
        StoreFailures.IsLockTimeout(Postgres("55P03")).ShouldBeTrue();
        StoreFailures.IsLockTimeout(Postgres("40P01")).ShouldBeFalse();
    }

    private static PostgresException Postgres(string state) => new("x", "ERROR", "ERROR", state);
}
