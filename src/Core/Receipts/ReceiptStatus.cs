namespace OtpPipeline.Core.Receipts;

/// <summary>What a receipt says about a message.</summary>
public enum ReceiptStatus
{
    /// <summary>It is on its way; changes nothing.</summary>
    Sent,

    /// <summary>It arrived.</summary>
    Delivered,

    /// <summary>It was read.</summary>
    Read,

    /// <summary>It did not arrive and will not be tried again.</summary>
    Undelivered,
}
