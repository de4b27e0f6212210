namespace OtpPipeline.Core.Receipts;

/// <summary>An authentic receipt that came before we knew its message's id; the outcome that brings the id applies it.</summary>
public sealed class KeptReceipt
{
    /// <summary>How long it waits. A provider's other messages, which we did not send, are forgotten then.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromHours(1);

    /// <summary>How many of one provider wait at most; the oldest are dropped, which are the least likely to be ours.</summary>
    public const int MaxPerProvider = 10_000;

    public required string Provider { get; init; }

    public required string ProviderMessageId { get; init; }

    public required ReceiptStatus Status { get; init; }

    public string? Reason { get; init; }

    /// <summary>By the provider's clock.</summary>
    public DateTime? OccurredAt { get; init; }

    /// <summary>By the database's clock.</summary>
    public DateTime ReceivedAt { get; init; }

    /// <summary>What it says.</summary>
    public Receipt Receipt => new(Status, Reason, ProviderMessageId, Reference: null, OccurredAt);

    /// <summary>Keeps a receipt that has an id.</summary>
    public static KeptReceipt From(string provider, Receipt receipt) => new()
    {
        Provider = provider,
        ProviderMessageId = receipt.ProviderMessageId
            ?? throw new ArgumentException("A receipt without an id matches nothing.", nameof(receipt)),
        Status = receipt.Status,
        Reason = receipt.Reason,
        OccurredAt = receipt.OccurredAt,
    };
}
