namespace OtpPipeline.Core.Stores;

/// <summary>What a database failure means for the failed work.</summary>
public enum StoreFailure
{
    /// <summary>The statement or the row is wrong: the same work fails again.</summary>
    Fault,

    /// <summary>Another row already has this unique value.</summary>
    Duplicate,

    /// <summary>Rolled back for a reason that has passed: the same transaction may run again at once.</summary>
    Retry,

    /// <summary>Rolled back by a lock or statement time-out: the same transaction may run again later.</summary>
    Busy,

    /// <summary>The database is unreachable or does not serve requests; no row can cause this.</summary>
    Outage,
}
