namespace OtpPipeline.Core.Receipts;

/// <summary>What became of a receipt, for the metric.</summary>
public enum ReceiptResult
{
    /// <summary>It changed its delivery.</summary>
    Matched,

    /// <summary>Its delivery says as much or more already; or the receipt says only that the message is on its way.</summary>
    Repeated,

    /// <summary>No delivery has its id yet: it waits for an hour.</summary>
    Kept,

    /// <summary>It is authentic and names no delivery.</summary>
    Unknown,

    /// <summary>It is not authentic.</summary>
    Forged,

    /// <summary>It is authentic and not in the provider's form.</summary>
    Unreadable,

    /// <summary>It could not be checked, and comes again.</summary>
    Unavailable,
}
