namespace OtpPipeline.Core.Receipts.Recording;

/// <summary>An authentic receipt of a provider.</summary>
/// <param name="Provider">The provider that sent it; it names no delivery of another one.</param>
/// <param name="Receipt">What it says.</param>
public sealed record ReceivedReceipt(string Provider, Receipt Receipt)
{
    /// <summary>Our token in its address, or the one that it echoes.</summary>
    public ReceiptToken? Token { get; init; }

    /// <summary>The delivery of the token, where it was read before.</summary>
    public FoundDelivery? Found { get; init; }

    /// <summary>W3C trace context of the request.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Finds the delivery where there is no token.</summary>
    internal ProviderMessage? Message =>
        Token is null && Receipt.ProviderMessageId is { Length: > 0 and <= ProviderMessage.MaxId } id ? new(Provider, id) : null;
}
