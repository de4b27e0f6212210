using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Receipts.Recording;
using OtpPipeline.Core.Tests.Support;

namespace OtpPipeline.Core.Tests.Receipts.Recording;

/// <summary>Finds deliveries among the OTPs in memory.</summary>
internal sealed class ReceiptsInMemory(StoreInMemory store) : IReceiptStore
{
    /// <summary>Runs between a look in vain and the keeping of its receipts.</summary>
    public Action BeforeKeeping { get; set; } = () => { };

    public int Finds { get; private set; }

    public Task<FoundDeliveries> FindAsync(
        IReadOnlyCollection<ReceiptToken> tokens, IReadOnlyCollection<ProviderMessage> messages, CancellationToken cancellationToken)
    {
        Finds++;
        var deliveries = store.Otps.Values.SelectMany(o => o.Deliveries).ToList();
        return Task.FromResult(new FoundDeliveries(
            deliveries.Where(d => tokens.Contains(new(d.OtpId, d.Step, d.Attempt))).ToDictionary(
                d => new ReceiptToken(d.OtpId, d.Step, d.Attempt), Found),
            deliveries.Where(d => d.ProviderMessageId is { } id && messages.Contains(new(d.Provider!, id))).ToDictionary(
                d => new ProviderMessage(d.Provider!, d.ProviderMessageId!), Found)));
    }

    /// <summary>What keeping drops.</summary>
    public Dictionary<string, int> Dropped { get; } = new(StringComparer.Ordinal);

    public async Task<IReadOnlyDictionary<string, int>> KeepAsync(
        IReadOnlyCollection<KeptReceipt> receipts, int most, CancellationToken cancellationToken)
    {
        BeforeKeeping();
        var found = await FindAsync([], [.. receipts.Select(r => new ProviderMessage(r.Provider, r.ProviderMessageId))], cancellationToken);
        store.Kept.AddRange(receipts.Where(r => !found.ByMessage.ContainsKey(new(r.Provider, r.ProviderMessageId))));
        return Dropped;
    }

    private static FoundDelivery Found(Core.Deliveries.Delivery d) => new(d.OtpId, d.Id, d.Provider, d.Status);
}
