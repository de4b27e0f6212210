using System.Data.Common;
using System.Net.Sockets;

namespace OtpPipeline.Core;

/// <summary>Tells a database that is away from a row that it will not take.</summary>
public static class StoreFailures
{
    /// <summary>The database cannot be reached, is stopping, or does not answer: nothing that a single row could cause.</summary>
    public static bool IsOutage(Exception failure) =>
        failure is TimeoutException or SocketException or IOException or ObjectDisposedException
        || (failure is DbException db && (db.SqlState is null || db.SqlState.StartsWith("57P", StringComparison.Ordinal) || db.SqlState.StartsWith("08", StringComparison.Ordinal) || db.SqlState.StartsWith("53", StringComparison.Ordinal)))
        || (failure.InnerException is { } inner && IsOutage(inner));

    /// <summary>Nothing is wrong with the work: another moment may let it through. The database is away, or somebody else held its rows.</summary>
    public static bool MayPass(Exception failure) => IsOutage(failure) || failure is DbException { SqlState: "55P03" or "40P01" };

    /// <summary>Somebody else held a row for longer than a session may wait for it.</summary>
    public static bool IsLockTimeout(Exception failure) => failure is DbException { SqlState: "55P03" };

    /// <summary>Another row has this unique value already.</summary>
    public static bool IsDuplicate(Exception failure) =>
        failure is DbException { SqlState: "23505" } || (failure.InnerException is { } inner && IsDuplicate(inner));
}
