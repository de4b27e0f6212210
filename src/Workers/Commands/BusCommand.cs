using System.Text.Json;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Errors;
using OtpPipeline.Hosting.Bus.Messages;

namespace OtpPipeline.Workers.Commands;

/// <summary>A command from a queue, plain or in MassTransit's envelope: its body and its sender.</summary>
/// <typeparam name="TCommand">The contract.</typeparam>
public sealed class BusCommand<TCommand>(ReadOnlyMemory<byte> body)
    where TCommand : class
{
    /// <summary>The sender's message id, any text; null if absent.</summary>
    public string? MessageId { get; init; }

    /// <summary>The sender's user as verified by the broker; null if absent.</summary>
    public string? UserId { get; init; }

    /// <summary>Where the reply goes; null if none was requested.</summary>
    public ReplyRoute? Reply { get; init; }

    /// <summary>W3C trace context of the sender, if present.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Reads the required fields, or returns why the body is unreadable; that error is then the reply.</summary>
    public Result<T> Read<T>(Func<JsonElement, T> read) => CommandBody.Read(body, read);

    /// <summary>Omits the body: it may hold a PIN.</summary>
    public override string ToString() => $"BusCommand {typeof(TCommand).Name}";
}
