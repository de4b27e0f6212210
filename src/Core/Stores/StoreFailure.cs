namespace OtpPipeline.Core.Stores;

/// <summary>What a failure of the database means for the work that met it.</summary>
public enum StoreFailure
{
    /// <summary>The statement or the row is wrong: the same work fails again.</summary>
    Fault,

    /// <summary>Another row has this unique value already.</summary>
    Duplicate,

    /// <summary>Rolled back by something that has passed: the same transaction may run again at once.</summary>
    Retry,

    /// <summary>Rolled back because a lock or the time ran out: the same transaction may run again later.</summary>
    Busy,

    /// <summary>The database cannot be reached or does not serve: nothing that a row could cause.</summary>
    Outage,
}
