using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using OtpPipeline.Core.Stores;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Stores;

public class A_failure_of_the_store
{
    /// <summary>SQLSTATEs as PostgreSQL's appendix of error codes has them.</summary>
    public static TheoryData<string, string, StoreFailure> States => new()
    {
        { "08000", "connection_exception", StoreFailure.Outage },
        { "08003", "connection_does_not_exist", StoreFailure.Outage },
        { "08006", "connection_failure", StoreFailure.Outage },
        { "08P01", "protocol_violation", StoreFailure.Outage },
        { "0A000", "feature_not_supported: cached plan must not change result type", StoreFailure.Retry },
        { "22001", "string_data_right_truncation", StoreFailure.Fault },
        { "23502", "not_null_violation", StoreFailure.Fault },
        { "23503", "foreign_key_violation", StoreFailure.Fault },
        { "23505", "unique_violation", StoreFailure.Duplicate },
        { "25006", "read_only_sql_transaction", StoreFailure.Outage },
        { "25P02", "in_failed_sql_transaction", StoreFailure.Fault },
        { "25P03", "idle_in_transaction_session_timeout", StoreFailure.Retry },
        { "25P04", "transaction_timeout", StoreFailure.Retry },
        { "26000", "invalid_sql_statement_name", StoreFailure.Retry },
        { "28000", "invalid_authorization_specification", StoreFailure.Outage },
        { "28P01", "invalid_password", StoreFailure.Outage },
        { "3D000", "invalid_catalog_name", StoreFailure.Outage },
        { "40001", "serialization_failure", StoreFailure.Retry },
        { "40003", "statement_completion_unknown", StoreFailure.Outage },
        { "40P01", "deadlock_detected", StoreFailure.Retry },
        { "42501", "insufficient_privilege", StoreFailure.Outage },
        { "42601", "syntax_error", StoreFailure.Fault },
        { "42P01", "undefined_table", StoreFailure.Fault },
        { "42P05", "duplicate_prepared_statement", StoreFailure.Retry },
        { "53100", "disk_full", StoreFailure.Outage },
        { "53200", "out_of_memory", StoreFailure.Outage },
        { "53300", "too_many_connections", StoreFailure.Outage },
        { "55006", "object_in_use", StoreFailure.Busy },
        { "55P03", "lock_not_available", StoreFailure.Busy },
        { "57014", "query_canceled", StoreFailure.Busy },
        { "57P01", "admin_shutdown", StoreFailure.Outage },
        { "57P02", "crash_shutdown", StoreFailure.Outage },
        { "57P03", "cannot_connect_now", StoreFailure.Outage },
        { "57P05", "idle_session_timeout", StoreFailure.Outage },
        { "58030", "io_error", StoreFailure.Outage },
        { "XX000", "internal_error", StoreFailure.Fault },
    };

    private static readonly Dictionary<string, (Exception Failure, StoreFailure Kind)> Others = new(StringComparer.Ordinal)
    {
        ["no connection"] = (new NpgsqlException("Failed to connect", new SocketException(111)), StoreFailure.Outage),
        ["connection lost"] = (new NpgsqlException("Exception while reading from stream", new EndOfStreamException()), StoreFailure.Outage),
        ["command time-out"] = (new NpgsqlException("Exception while reading from stream", new TimeoutException()), StoreFailure.Outage),
        ["pool exhausted"] = (new NpgsqlException("The connection pool has been exhausted"), StoreFailure.Outage),
        ["wrapped by EF"]
        = (new InvalidOperationException("likely transient", new NpgsqlException("x", new SocketException(104))), StoreFailure.Outage),
        ["in SaveChanges"] = (new DbUpdateException("x", Postgres("57P01")), StoreFailure.Outage),
        ["disposed"] = (new ObjectDisposedException("connection"), StoreFailure.Outage),
        ["a batcher that stops"] = (new ChannelClosedException(), StoreFailure.Outage),
        ["deadlock wrapped by EF"] = (new InvalidOperationException("likely transient", Postgres("40P01")), StoreFailure.Retry),
        ["changed by another"] = (new DbUpdateConcurrencyException("x"), StoreFailure.Retry),
        ["lock time-out in SaveChanges"] = (new DbUpdateException("x", Postgres("55P03")), StoreFailure.Busy),
        ["unique violation in SaveChanges"] = (new DbUpdateException("x", Postgres("23505")), StoreFailure.Duplicate),
        ["bad secret"] = (new System.Security.Cryptography.CryptographicException("x"), StoreFailure.Fault),
        ["bug"] = (new InvalidOperationException("x"), StoreFailure.Fault),
    };

    public static TheoryData<string> OtherNames => [.. Others.Keys];

    [Theory]
    [MemberData(nameof(States))]
    public void Means_what_its_SQLSTATE_says(string state, string name, StoreFailure kind) =>
        StoreFailures.KindOf(Postgres(state)).ShouldBe(kind, name);

    [Theory]
    [MemberData(nameof(OtherNames))]
    public void Means_the_same_within_other_exceptions(string name) =>
        StoreFailures.KindOf(Others[name].Failure).ShouldBe(Others[name].Kind);

    [Theory]
    [MemberData(nameof(States))]
    public void Passes_unless_the_work_is_wrong(string state, string name, StoreFailure kind)
    {
        StoreFailures.IsTransient(Postgres(state)).ShouldBe(kind is not (StoreFailure.Fault or StoreFailure.Duplicate), name);
        StoreFailures.IsOutage(Postgres(state)).ShouldBe(kind == StoreFailure.Outage, name);
    }

    [Fact]
    public void May_be_a_row_that_another_transaction_holds()
    {
        StoreFailures.IsLockTimeout(Postgres("55P03")).ShouldBeTrue();
        StoreFailures.IsLockTimeout(new DbUpdateException("x", Postgres("55P03"))).ShouldBeTrue();
        StoreFailures.IsLockTimeout(Postgres("40P01")).ShouldBeFalse();
    }

    [Theory]
    [InlineData(StoreRetries.MaxRuns - 1)]
    [InlineData(0)]
    public async Task That_passes_lets_the_transaction_run_again(int failures)
    {
        var runs = 0;

        (await StoreRetries.RunAsync(() => runs++ < failures ? throw Postgres("40P01") : Task.FromResult(runs))).ShouldBe(failures + 1);
    }

    [Theory]
    [InlineData("40001", StoreRetries.MaxRuns)]
    [InlineData("55P03", 1)]
    [InlineData("57P01", 1)]
    [InlineData("23505", 1)]
    public async Task That_stays_is_told_after_a_bounded_number_of_runs(string state, int expected)
    {
        var runs = 0;

        var failure = await Should.ThrowAsync<PostgresException>(() => StoreRetries.RunAsync<int>(() =>
        {
            runs++;
            throw Postgres(state);
        }));

        failure.SqlState.ShouldBe(state);
        runs.ShouldBe(expected);
    }

    private static PostgresException Postgres(string state) => new("x", "ERROR", "ERROR", state);
}
