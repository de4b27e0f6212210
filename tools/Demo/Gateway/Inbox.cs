using System.Collections.Concurrent;

namespace OtpPipeline.Demo.Gateway;

internal sealed record Arrived(string Channel, string Recipient, string Text);

/// <summary>A receipt that the gateway sent to the pipeline, and the status of the answer.</summary>
internal sealed record SentReceipt(string Recipient, bool Forged, int Answer);

/// <summary>The messages received, and the receipts sent, since the gateway started.</summary>
internal sealed class Inbox
{
    private readonly ConcurrentQueue<Arrived> _all = new();
    private readonly ConcurrentQueue<SentReceipt> _receipts = new();

    public void Add(Arrived message) => _all.Enqueue(message);

    public void AddReceipt(SentReceipt receipt) => _receipts.Enqueue(receipt);

    /// <summary>Returns the newest message first.</summary>
    public IReadOnlyList<Arrived> To(string recipient) =>
        [.. _all.Where(m => string.Equals(m.Recipient, recipient, StringComparison.Ordinal)).Reverse()];

    /// <summary>Returns the oldest receipt first.</summary>
    public IReadOnlyList<SentReceipt> ReceiptsFor(string recipient) =>
        [.. _receipts.Where(r => string.Equals(r.Recipient, recipient, StringComparison.Ordinal))];
}
