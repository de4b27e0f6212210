using System.Collections.Concurrent;

namespace OtpPipeline.Demo.Gateway;

/// <summary>A message that arrived.</summary>
internal sealed record Arrived(string Channel, string Recipient, string Text);

/// <summary>What arrived since the gateway runs.</summary>
internal sealed class Inbox
{
    private readonly ConcurrentQueue<Arrived> _all = new();

    public void Add(Arrived message) => _all.Enqueue(message);

    /// <summary>Newest first.</summary>
    public IReadOnlyList<Arrived> To(string recipient) =>
        [.. _all.Where(m => string.Equals(m.Recipient, recipient, StringComparison.Ordinal)).Reverse()];
}
