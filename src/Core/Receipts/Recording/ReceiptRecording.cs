using Microsoft.Extensions.Options;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Core.Stores;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Receipts.Recording;

/// <summary>Writes what receipts say about deliveries. Many receipts share one commit.</summary>
/// <remarks>A receipt that would change nothing is answered from a read: a repetition locks no row and commits nothing.</remarks>
public sealed class ReceiptRecording : IAsyncDisposable
{
    private readonly IReceiptStore _receipts;
    private readonly IOtpStore _store;
    private readonly IOutbox _outbox;
    private readonly OtpSecrets _secrets;
    private readonly FeedbackProviders _feedback;
    private readonly DeliveryConsequences _consequences;
    private readonly ReceiptMetrics _metrics;
    private readonly DroppedReceipts _dropped;
    private readonly Batcher<ReceiptToken, FoundDelivery?> _finding;
    private readonly Batcher<ReceivedReceipt, ReceiptResult> _recording;

    public ReceiptRecording(
        IReceiptStore receipts, IOtpStore store, IOutbox outbox, OtpSecrets secrets, FeedbackProviders feedback,
        DeliveryConsequences consequences, ReceiptMetrics metrics, DroppedReceipts dropped, IOptions<BatchingOptions> batching)
    {
        _receipts = receipts;
        _store = store;
        _outbox = outbox;
        _secrets = secrets;
        _feedback = feedback;
        _consequences = consequences;
        _metrics = metrics;
        _dropped = dropped;
        _finding = new(FindAsync, StoreFailures.IsOutage, batching.Value.Writers, batching.Value.MaxBatch);
        _recording = new(RecordAsync, StoreFailures.IsOutage, batching.Value.Writers, batching.Value.MaxBatch);
    }

    /// <summary>The delivery of a token; null where it was purged.</summary>
    public Task<FoundDelivery?> FindAsync(ReceiptToken token, CancellationToken cancellationToken) =>
        _finding.AddAsync(token, cancellationToken);

    /// <summary>Writes an authentic receipt. What the result says is durable.</summary>
    public async Task<ReceiptResult> RecordAsync(ReceivedReceipt received, CancellationToken cancellationToken)
    {
        var result = received.Receipt.Status == ReceiptStatus.Sent
            ? ReceiptResult.Repeated
            : await _recording.AddAsync(received, cancellationToken);
        _metrics.Received(received.Provider, result);
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        await _finding.DisposeAsync();
        await _recording.DisposeAsync();
    }

    private async Task<IReadOnlyList<FoundDelivery?>> FindAsync(IReadOnlyList<ReceiptToken> tokens, CancellationToken cancellationToken)
    {
        var found = await _receipts.FindAsync(tokens.ToHashSet(), [], cancellationToken);
        return [.. tokens.Select(t => found.ByToken.GetValueOrDefault(t))];
    }

    private async Task<IReadOnlyList<ReceiptResult>> RecordAsync(
        IReadOnlyList<ReceivedReceipt> received, CancellationToken cancellationToken)
    {
        var results = new ReceiptResult[received.Count];
        List<int> all = [.. Enumerable.Range(0, received.Count)];
        var unmatched = await MatchAsync(received, all, results, ReceiptResult.Unknown, cancellationToken);
        unmatched.RemoveAll(i => received[i].Message is null);
        if (unmatched.Count > 0)
        {
            var dropped = await _receipts.KeepAsync(
                [.. unmatched.Select(i => KeptReceipt.From(received[i].Provider, received[i].Receipt))], KeptReceipt.MaxPerProvider,
                cancellationToken);
            foreach (var (provider, count) in dropped)
            {
                _dropped.Add(provider, count);
            }

            // An outcome that was committed since the first look did not see these receipts.
            await MatchAsync(received, unmatched, results, ReceiptResult.Kept, cancellationToken);
        }

        return results;
    }

    /// <summary>Applies these receipts; returns those without a delivery.</summary>
    private async Task<List<int>> MatchAsync(
        IReadOnlyList<ReceivedReceipt> received, List<int> indexes, ReceiptResult[] results, ReceiptResult withoutDelivery,
        CancellationToken cancellationToken)
    {
        var sought = indexes.Where(i => received[i].Found is null).Select(i => received[i]).ToList();
        var found = sought.Count == 0 ? null : await _receipts.FindAsync(
            [.. sought.Select(r => r.Token).OfType<ReceiptToken>().Distinct()],
            [.. sought.Select(r => r.Message).OfType<ProviderMessage>().Distinct()],
            cancellationToken);
        var matches = new List<(int Index, FoundDelivery Delivery)>();
        var unmatched = new List<int>();
        foreach (var i in indexes)
        {
            if (DeliveryOf(received[i], found) is not { } delivery)
            {
                results[i] = withoutDelivery;
                unmatched.Add(i);
            }
            else if (DeliveryRules.AfterReceipt(delivery.Status, received[i].Receipt.Status) is null)
            {
                results[i] = ReceiptResult.Repeated;
            }
            else
            {
                matches.Add((i, delivery));
            }
        }

        if (matches.Count > 0)
        {
            await ApplyAsync(received, matches, results, cancellationToken);
        }

        return unmatched;
    }

    private async Task ApplyAsync(
        IReadOnlyList<ReceivedReceipt> received, List<(int Index, FoundDelivery Delivery)> matches, ReceiptResult[] results,
        CancellationToken cancellationToken)
    {
        var outgoing = _outbox.NewBatch();
        await using (var unit = await _store.BeginAsync(cancellationToken))
        {
            var locked = await unit.LockAsync(matches.Select(m => m.Delivery.OtpId).ToHashSet(), submissions: false, cancellationToken);
            var changes = new OtpChanges(outgoing, locked.Now, _secrets) { Feedback = _feedback };
            foreach (var (i, match) in matches)
            {
                changes.TraceParent = received[i].TraceParent;
                results[i] = locked.Otps.TryGetValue(match.OtpId, out var otp)
                    && otp.Deliveries.Find(d => d.Id == match.DeliveryId) is { } delivery
                    ? Apply(changes, otp, delivery, received[i].Receipt)
                    : ReceiptResult.Unknown;
            }

            if (!changes.IsEmpty)
            {
                await unit.SaveAsync(changes, outgoing.Messages, cancellationToken);
            }
        }

        _outbox.Dispatch(outgoing);
    }

    private ReceiptResult Apply(OtpChanges changes, LockedOtp otp, Delivery delivery, Receipt receipt)
    {
        var awaited = changes.AwaitsMessageId(otp, delivery);
        if (!DeliveryReceipts.Apply(changes, _consequences, otp, delivery, receipt))
        {
            return ReceiptResult.Repeated;
        }

        if (awaited)
        {
            changes.OweFeedback(otp);
        }

        return ReceiptResult.Matched;
    }

    private static FoundDelivery? DeliveryOf(ReceivedReceipt received, FoundDeliveries? found)
    {
        var delivery = received.Found
            ?? (received.Token is { } token ? found?.ByToken.GetValueOrDefault(token)
                : received.Message is { } message ? found?.ByMessage.GetValueOrDefault(message)
                : null);
        return string.Equals(delivery?.Provider, received.Provider, StringComparison.Ordinal) ? delivery : null;
    }
}
