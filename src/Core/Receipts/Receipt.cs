namespace OtpPipeline.Core.Receipts;

/// <summary>What a provider says about one message, after it accepted it.</summary>
/// <param name="Status">What became of the message.</param>
/// <param name="Reason">Stable code in lower snake case for UNDELIVERED, at most 64 characters; null for none.</param>
/// <param name="ProviderMessageId">The provider's id of the message.</param>
/// <param name="Reference">Our token, which the provider echoes; null where it echoes none.</param>
/// <param name="OccurredAt">UTC time by the provider's clock; null where it gives none.</param>
public sealed record Receipt(
    ReceiptStatus Status, string? Reason = null, string? ProviderMessageId = null, string? Reference = null, DateTime? OccurredAt = null);
