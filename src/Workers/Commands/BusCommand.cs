using System.Text.Json;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Errors;
using OtpPipeline.Hosting.Bus.Messages;

namespace OtpPipeline.Workers.Commands;

/// <summary>A command that a queue brought, plain or in MassTransit's envelope: its body, and who sent it.</summary>
/// <typeparam name="TCommand">The contract.</typeparam>
public sealed class BusCommand<TCommand>(ReadOnlyMemory<byte> body)
    where TCommand : class
{
    /// <summary>The sender's message id, any text; null for none.</summary>
    public string? MessageId { get; init; }

    /// <summary>The sender's user as the broker checked it; null for none.</summary>
    public string? UserId { get; init; }

    /// <summary>Where the answer goes; null where nobody asked for one.</summary>
    public ReplyRoute? Reply { get; init; }

    /// <summary>W3C trace context of the sender, if it gave one.</summary>
    public string? TraceParent { get; init; }

    /// <summary>What is needed of the body, or why it cannot be read; the error is then the answer.</summary>
    public Result<T> Read<T>(Func<JsonElement, T> read) => CommandBody.Read(body, read);

    /// <summary>Prints nothing of the body: it may hold a PIN.</summary>
    public override string ToString() => $"BusCommand {typeof(TCommand).Name}";
}
