using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Data.Common;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;

namespace OtpPipeline.Core.Stores;

/// <summary>Classifies database failures; docs/decisions/refusals-of-the-database.md has the reasons.</summary>
public static class StoreFailures
{
    private const string LockNotAvailable = "55P03";
    private const string TableMissing = "42P01";
    private static ImmutableArray<StoreErrorReader> _readers = [];

    /// <summary>SQLSTATEs, and classes of them by their first two or three characters. All others are faults.</summary>
    private static readonly FrozenDictionary<string, StoreFailure> States = new Dictionary<string, StoreFailure>(StringComparer.Ordinal)
    {
        ["08"] = StoreFailure.Outage, // connection exception
        ["28"] = StoreFailure.Outage, // login refused
        ["3D000"] = StoreFailure.Outage, // no such database
        ["53"] = StoreFailure.Outage, // insufficient resources: disk, memory, connections
        ["57P"] = StoreFailure.Outage, // stopping, starting, crashed
        ["58"] = StoreFailure.Outage, // system error, such as a disk's
        ["25006"] = StoreFailure.Outage, // read-only: a standby answers
        ["40003"] = StoreFailure.Outage, // whether it was committed is unknown
        ["42501"] = StoreFailure.Outage, // a right is missing

        ["0A000"] = StoreFailure.Retry, // cached plan must not change result type: a migration changed a column
        ["25P03"] = StoreFailure.Retry, // idle in transaction for too long: this process was frozen
        ["25P04"] = StoreFailure.Retry, // transaction time-out
        ["26000"] = StoreFailure.Retry, // prepared statement does not exist
        ["40001"] = StoreFailure.Retry, // serialization failure
        ["40P01"] = StoreFailure.Retry, // deadlock
        ["42P05"] = StoreFailure.Retry, // prepared statement exists already: behind a pooler

        ["55006"] = StoreFailure.Busy, // object in use
        [LockNotAvailable] = StoreFailure.Busy,
        ["57014"] = StoreFailure.Busy, // canceled: statement time-out, or an operator

        ["23505"] = StoreFailure.Duplicate,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Adds the reader of a driver whose exceptions have no SQLSTATE; adding it again changes nothing.</summary>
    public static void Use(StoreErrorReader reader) =>
        ImmutableInterlocked.Update(ref _readers, static (all, added) => all.Contains(added) ? all : all.Add(added), reader);

    /// <summary>Classifies an exception or one of its inner exceptions.</summary>
    public static StoreFailure KindOf(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (Kind(cause) is var kind and not StoreFailure.Fault)
            {
                return kind;
            }
        }

        return StoreFailure.Fault;
    }

    /// <summary>The database is unreachable, is stopping, or does not answer.</summary>
    public static bool IsOutage(Exception failure) => KindOf(failure) == StoreFailure.Outage;

    /// <summary>The work itself is not at fault: it may succeed later.</summary>
    public static bool IsTransient(Exception failure) => KindOf(failure) is StoreFailure.Outage or StoreFailure.Busy or StoreFailure.Retry;

    /// <summary>Another transaction held a row longer than the session's lock time-out.</summary>
    public static bool IsLockTimeout(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is DbException { SqlState: LockNotAvailable } || Read(cause) is { IsLockTimeout: true })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A table does not exist.</summary>
    public static bool IsTableMissing(Exception failure) =>
        failure is DbException { SqlState: TableMissing } || Read(failure) is { IsTableMissing: true };

    /// <summary>The error's code, which quotes no values; null for an exception that has none.</summary>
    public static string? CodeOf(Exception failure) =>
        failure is DbException { SqlState: { Length: > 0 } state } ? $"SQLSTATE {state}" : Read(failure)?.Code;

    /// <summary>Another row already has this unique value.</summary>
    public static bool IsDuplicate(Exception failure) => KindOf(failure) == StoreFailure.Duplicate;

    private static StoreError? Read(Exception failure)
    {
        foreach (var reader in _readers)
        {
            if (reader(failure) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static StoreFailure Kind(Exception failure) => Read(failure) is { } error ? error.Kind : failure switch
    {
        DbException { SqlState: { Length: 5 } state } => KindOf(state),

        // The driver's own errors have no state: no connection, none free in the pool, no answer in time.
        DbException { SqlState: null, InnerException: not DbException } => StoreFailure.Outage,
        DbUpdateConcurrencyException => StoreFailure.Retry,
        TimeoutException or SocketException or IOException => StoreFailure.Outage,

        // The host is stopping: its connections and batches accept no more work.
        ObjectDisposedException or ChannelClosedException => StoreFailure.Outage,
        _ => StoreFailure.Fault,
    };

    private static StoreFailure KindOf(string state) =>
        States.TryGetValue(state, out var kind) || States.TryGetValue(state[..3], out kind) || States.TryGetValue(state[..2], out kind)
            ? kind
            : StoreFailure.Fault;
}
