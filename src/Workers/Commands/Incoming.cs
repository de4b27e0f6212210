using OtpPipeline.Core.Errors;
using OtpPipeline.Hosting.Bus.Messages;

namespace OtpPipeline.Workers.Commands;

/// <summary>A command that a queue brought, from whatever client: plain or in MassTransit's envelope.</summary>
/// <typeparam name="TDraft">What it says.</typeparam>
/// <param name="Draft">The command, or why its object cannot be read; the error is then the answer.</param>
/// <param name="MessageId">The sender's message id, any text; null for none.</param>
/// <param name="UserId">The sender's user as the broker checked it; null for none.</param>
/// <param name="Reply">Where the answer goes; null where nobody asked for one.</param>
/// <param name="TraceParent">W3C trace context of the sender, if it gave one.</param>
public sealed record Incoming<TDraft>(Result<TDraft> Draft, string? MessageId, string? UserId, ReplyRoute? Reply, string? TraceParent)
{
    /// <summary>Prints nothing of it: it may hold a PIN.</summary>
    public override string ToString() => $"Incoming {typeof(TDraft).Name}";
}
