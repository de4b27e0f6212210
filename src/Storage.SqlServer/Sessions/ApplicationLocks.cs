namespace OtpPipeline.Storage.SqlServer.Sessions;

/// <summary>SQL for locks on names, held until the transaction ends.</summary>
internal static class ApplicationLocks
{
    /// <summary>The number of the error that a lock is not had in time; treated as a lock time-out of the server's own.</summary>
    public const int TimeoutNumber = 51222;

    /// <summary>The number of the error that the server chose this transaction to end a deadlock; sp_getapplock raises none.</summary>
    public const int DeadlockNumber = 51205;

    private const int Deadlock = -3;

    /// <summary>
    /// Locks the names of a JSON list in their order, so that transactions lock in one order. sp_getapplock takes one name a call.
    /// </summary>
    public static string Take(string names, string mode) =>
        $"""
        DECLARE @{names}_left TABLE (name nvarchar(32) COLLATE {Collation.Exact} NOT NULL PRIMARY KEY);
        INSERT INTO @{names}_left (name) SELECT DISTINCT name FROM OPENJSON(@{names}) WITH (name nvarchar(32) '$');
        DECLARE @{names}_name nvarchar(32) = (SELECT MIN(name) FROM @{names}_left), @{names}_got int;
        WHILE @{names}_name IS NOT NULL
        BEGIN
            EXEC @{names}_got = sp_getapplock
                @Resource = @{names}_name, @LockMode = '{mode}', @LockOwner = 'Transaction', @LockTimeout = 5000;
            IF @{names}_got = {Deadlock} THROW {DeadlockNumber}, 'The lock on a name ended in a deadlock.', 1;
            IF @{names}_got < 0 THROW {TimeoutNumber}, 'The lock on a name was not had in time.', 1;
            SET @{names}_name = (SELECT MIN(name) FROM @{names}_left WHERE name > @{names}_name);
        END;
        """;
}
