using System.Collections.Concurrent;

namespace OtpPipeline.Demo.Gateway;

internal sealed record Arrived(string Channel, string Recipient, string Text);

/// <summary>The messages received since the gateway started.</summary>
internal sealed class Inbox
{
    private readonly ConcurrentQueue<Arrived> _all = new();

    public void Add(Arrived message) => _all.Enqueue(message);

    /// <summary>Returns the newest message first.</summary>
    public IReadOnlyList<Arrived> To(string recipient) =>
        [.. _all.Where(m => string.Equals(m.Recipient, recipient, StringComparison.Ordinal)).Reverse()];
}
