using OtpPipeline.Core.Deliveries;

namespace OtpPipeline.Core.Receipts.Recording;

/// <summary>The delivery that a receipt names, as it stands without a lock.</summary>
public sealed record FoundDelivery(Guid OtpId, Guid DeliveryId, string? Provider, DeliveryStatus Status);

/// <summary>Finds the deliveries of receipts in one database.</summary>
public interface IReceiptStore
{
    /// <summary>Reads the deliveries of these tokens and messages. The result leaves out those without a delivery.</summary>
    Task<FoundDeliveries> FindAsync(
        IReadOnlyCollection<ReceiptToken> tokens, IReadOnlyCollection<ProviderMessage> messages, CancellationToken cancellationToken);

    /// <summary>Keeps those receipts whose message has no delivery still, and commits. The same receipt is kept once.</summary>
    /// <remarks>An outcome that brings the message's id finds a receipt kept before; one that was committed before is found here.</remarks>
    /// <param name="receipts">The receipts.</param>
    /// <param name="most">How many of one provider are kept; of more, the oldest are dropped, a tenth at a time.</param>
    /// <param name="cancellationToken">Ends the work before its commit.</param>
    /// <returns>How many were dropped, by provider.</returns>
    Task<IReadOnlyDictionary<string, int>> KeepAsync(
        IReadOnlyCollection<KeptReceipt> receipts, int most, CancellationToken cancellationToken);
}

/// <summary>Deliveries by what receipts name.</summary>
public sealed record FoundDeliveries(
    IReadOnlyDictionary<ReceiptToken, FoundDelivery> ByToken, IReadOnlyDictionary<ProviderMessage, FoundDelivery> ByMessage);
