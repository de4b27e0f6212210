namespace OtpPipeline.Storage.SqlServer.Sessions;

/// <summary>Table and query hints, with the reasons that hold for all statements.</summary>
/// <remarks>
/// READCOMMITTEDLOCK makes a statement read what is committed now under locks, also where READ_COMMITTED_SNAPSHOT is on. ROWLOCK keeps the
/// server from locking a page whose other rows another transaction needs. Which of these hold on a real server no test here has seen.
/// </remarks>
internal static class Hints
{
    /// <summary>Locks the rows until the transaction ends and waits for other locks.</summary>
    public const string Lock = "WITH (UPDLOCK, ROWLOCK, READCOMMITTEDLOCK, FORCESEEK)";

    /// <summary>Locks the rows until the transaction ends and skips those that another transaction holds.</summary>
    public const string LockFree = "WITH (UPDLOCK, READPAST, ROWLOCK, READCOMMITTEDLOCK, FORCESEEK)";

    /// <summary>Claims rows in the order of an index, of which a part is read: no seek is forced.</summary>
    public const string Claim = "WITH (UPDLOCK, READPAST, ROWLOCK, READCOMMITTEDLOCK)";

    /// <summary>Locks the row, or the gap where it would be, so that no other transaction inserts it. For small tables.</summary>
    public const string LockOrGap = "WITH (UPDLOCK, SERIALIZABLE, ROWLOCK)";

    /// <summary>Finds each row of a batch by its key, in the batch's order; no plan of an emptier day scans a table.</summary>
    public const string ByKey = "OPTION (FORCE ORDER, LOOP JOIN)";
}
