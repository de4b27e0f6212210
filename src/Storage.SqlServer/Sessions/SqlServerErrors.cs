using System.Collections.Frozen;
using System.Globalization;
using Microsoft.Data.SqlClient;
using OtpPipeline.Core.Stores;

namespace OtpPipeline.Storage.SqlServer.Sessions;

/// <summary>Classifies SQL Server's errors by their number; docs/decisions/refusals-of-the-database.md has the reasons.</summary>
internal static class SqlServerErrors
{
    private const int LockTimeout = 1222;
    private const int TableMissing = 208;

    /// <summary>An error of this severity ends the connection.</summary>
    private const byte Fatal = 20;

    /// <summary>All others are faults, unless they end the connection.</summary>
    private static readonly FrozenDictionary<int, (StoreFailure Kind, string Meaning)> Numbers = new Dictionary<int, (StoreFailure, string)>
    {
        [2601] = (StoreFailure.Duplicate, "unique index"),
        [2627] = (StoreFailure.Duplicate, "unique constraint"),

        [1205] = (StoreFailure.Retry, "deadlock"),
        [ApplicationLocks.DeadlockNumber] = (StoreFailure.Retry, "deadlock of a lock on a name"),
        [3960] = (StoreFailure.Retry, "update conflict under snapshot isolation"),
        [41302] = (StoreFailure.Retry, "update conflict in a memory-optimised table"),
        [41305] = (StoreFailure.Retry, "repeatable read validation"),
        [41325] = (StoreFailure.Retry, "serializable validation"),

        [LockTimeout] = (StoreFailure.Busy, "a lock was not had in time"),
        [ApplicationLocks.TimeoutNumber] = (StoreFailure.Busy, "a lock on a name was not had in time"),
        [-2] = (StoreFailure.Busy, "the command's time-out"),
        [3617] = (StoreFailure.Busy, "canceled by the client"),
        [8645] = (StoreFailure.Busy, "no memory for the query in time"),

        [229] = (StoreFailure.Outage, "a right on a table is missing"),
        [230] = (StoreFailure.Outage, "a right on a column"),
        [262] = (StoreFailure.Outage, "a right on the database"),
        [596] = (StoreFailure.Outage, "the session is being killed"),
        [701] = (StoreFailure.Outage, "out of memory"),
        [802] = (StoreFailure.Outage, "out of buffer memory"),
        [916] = (StoreFailure.Outage, "no access to the database"),
        [921] = (StoreFailure.Outage, "the database is not recovered yet"),
        [922] = (StoreFailure.Outage, "the database is being recovered"),
        [924] = (StoreFailure.Outage, "the database is in single-user mode"),
        [927] = (StoreFailure.Outage, "the database is being restored"),
        [942] = (StoreFailure.Outage, "the database is offline"),
        [952] = (StoreFailure.Outage, "the database is in transition"),
        [976] = (StoreFailure.Outage, "a secondary replica that is not readable answers"),
        [978] = (StoreFailure.Outage, "a secondary replica that reads only with ApplicationIntent"),
        [983] = (StoreFailure.Outage, "the replica is resolving its role"),
        [1101] = (StoreFailure.Outage, "no space in the file group"),
        [1105] = (StoreFailure.Outage, "the file group is full"),
        [1204] = (StoreFailure.Outage, "no memory for locks"),
        [3906] = (StoreFailure.Outage, "the database is read-only"),
        [4060] = (StoreFailure.Outage, "the database cannot be opened"),
        [6005] = (StoreFailure.Outage, "the server is stopping"),
        [8651] = (StoreFailure.Outage, "not enough memory for the query"),
        [9002] = (StoreFailure.Outage, "the transaction log is full"),
        [10928] = (StoreFailure.Outage, "Azure SQL: a limit of resources"),
        [10929] = (StoreFailure.Outage, "Azure SQL: the server is too busy"),
        [17142] = (StoreFailure.Outage, "the server is paused"),
        [17809] = (StoreFailure.Outage, "too many connections"),
        [18401] = (StoreFailure.Outage, "the server is starting"),
        [18451] = (StoreFailure.Outage, "the server is stopping"),
        [18452] = (StoreFailure.Outage, "login refused"),
        [18456] = (StoreFailure.Outage, "login refused"),
        [18486] = (StoreFailure.Outage, "the login is locked out"),
        [40197] = (StoreFailure.Outage, "Azure SQL: the service had an error"),
        [40501] = (StoreFailure.Outage, "Azure SQL: the service is busy"),
        [40613] = (StoreFailure.Outage, "Azure SQL: the database is not available"),
        [49918] = (StoreFailure.Outage, "Azure SQL: not enough resources"),
        [49919] = (StoreFailure.Outage, "Azure SQL: too many operations"),
        [49920] = (StoreFailure.Outage, "Azure SQL: too many operations"),
    }.ToFrozenDictionary();

    /// <summary>What the exception means; null for one that is not this driver's.</summary>
    public static StoreError? Read(Exception failure) => failure switch
    {
        SqlException sql => Read([.. sql.Errors.Cast<SqlError>().Select(e => (e.Number, e.Class))]),

        // The driver's pool throws no specific exception.
        InvalidOperationException { Source: "Microsoft.Data.SqlClient" } pool
            when pool.Message.Contains("from the pool", StringComparison.Ordinal) => new(StoreFailure.Outage),
        _ => null,
    };

    /// <summary>What the errors of one exception mean: those that follow the first only say what it led to.</summary>
    internal static StoreError Read(IReadOnlyList<(int Number, byte Severity)> errors)
    {
        var (number, severity) = errors.FirstOrDefault(e => Numbers.ContainsKey(e.Number), errors.FirstOrDefault());
        var kind = Numbers.TryGetValue(number, out var known) ? known.Kind
            : severity >= Fatal || errors.Count == 0 || number <= 0 ? StoreFailure.Outage
            : StoreFailure.Fault;

        // The message of a server's error quotes values; those of the driver's own say how the connection failed.
        var meaning = known.Meaning is null ? "" : $" ({known.Meaning})";
        var code = number > 0 && severity < Fatal
            ? string.Create(CultureInfo.InvariantCulture, $"SQL Server error {number}{meaning}")
            : null;
        return new(kind, code)
        {
            IsLockTimeout = number is LockTimeout or ApplicationLocks.TimeoutNumber,
            IsTableMissing = number == TableMissing,
        };
    }
}
