namespace OtpPipeline.Core.Stores;

/// <summary>What a driver's own exception means, where it has no SQLSTATE.</summary>
/// <param name="Kind">What it means for the failed work.</param>
/// <param name="Code">Its short name for logs; null where the message quotes no values.</param>
public sealed record StoreError(StoreFailure Kind, string? Code = null)
{
    /// <summary>Another transaction held a row longer than the session's lock time-out.</summary>
    public bool IsLockTimeout { get; init; }

    /// <summary>A table does not exist.</summary>
    public bool IsTableMissing { get; init; }
}

/// <summary>Reads the exceptions of one driver; null for those of others.</summary>
public delegate StoreError? StoreErrorReader(Exception failure);
