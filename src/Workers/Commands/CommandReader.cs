using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Hosting.Bus.Connection;
using OtpPipeline.Hosting.Bus.Messages;
using RabbitMQ.Client;

namespace OtpPipeline.Workers.Commands;

/// <summary>Reads a command from a queue. A body that is not a JSON object is a fault; every JSON object gets a reply.</summary>
internal sealed class CommandReader(IOptions<CommandOptions> options, IOptions<RabbitMqOptions> broker)
{
    /// <summary>Up to this size, a body is parsed for its reply address; a larger one is put aside unread.</summary>
    private const int LargestBody = 1024 * 1024;

    private const string EnvelopeMediaType = "application/vnd.masstransit+json";
    private static readonly JsonDocumentOptions Lenient = new() { MaxDepth = 64 };
    private readonly HashSet<string> _operators = [.. options.Value.Operators, broker.Value.GetUser()];
    private readonly ReplyQueues _replies = new(options.Value);

    public BusCommand<TCommand> Read<TCommand>(ReceiveContext context)
        where TCommand : class
    {
        var body = CommandBody.WithoutMark(context.Body.GetBytes());
        if (body.Length > LargestBody)
        {
            throw new UnreadableMessageException("larger than 1 MB");
        }

        var properties = OriginalMessages.PropertiesOf(context);
        using var document = Parse(body);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new UnreadableMessageException("no JSON object");
        }

        var user = UserOf(properties);
        if (!IsEnvelope(properties, root))
        {
            return new(body)
            {
                MessageId = TextOf(properties.MessageId),
                UserId = user,
                Reply = Routes(context, user, root).OfPlain(properties),
                TraceParent = TraceOf(properties),
            };
        }

        if (!Names(root, MessageUrn.ForTypeString<TCommand>()))
        {
            throw new UnreadableMessageException("foreign message type");
        }

        if (ReplyRoutes.Find(root, "message") is not { ValueKind: JsonValueKind.Object } message)
        {
            throw new UnreadableMessageException("no JSON object");
        }

        // An envelope that is too large is refused as a whole, even if its message is small.
        return new(body.Length > CommandBody.MaxLength ? body : JsonMarshal.GetRawUtf8Value(message).ToArray())
        {
            MessageId = TextOf(properties.MessageId) ?? TextOf(ReplyRoutes.TextOf(root, "messageId")),
            UserId = user,
            Reply = Routes(context, user, message).OfEnvelope(root, properties),
            TraceParent = TraceOf(properties),
        };
    }

    private ReplyRoutes Routes(ReceiveContext context, string? user, JsonElement command) =>
        new(context.InputAddress, queue => _replies.Allow(queue, user, ReplyRoutes.TextOf(command, "applicationId")));

    private static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonDocument.Parse(body, Lenient);
        }
        catch (JsonException broken)
        {
            throw new UnreadableMessageException("not JSON", broken);
        }
    }

    private static bool IsEnvelope(IReadOnlyBasicProperties properties, JsonElement root) =>
        properties.ContentType?.StartsWith(EnvelopeMediaType, StringComparison.OrdinalIgnoreCase) == true
        || (ReplyRoutes.Find(root, "messageType") is { ValueKind: JsonValueKind.Array } && ReplyRoutes.Find(root, "message") is not null);

    private static bool Names(JsonElement envelope, string messageType) =>
        ReplyRoutes.Find(envelope, "messageType") is { ValueKind: JsonValueKind.Array } types
        && types.EnumerateArray().Any(t => t.ValueKind == JsonValueKind.String && t.ValueEquals(messageType));

    private static string? TraceOf(IReadOnlyBasicProperties properties) =>
        properties.Headers?.TryGetValue("traceparent", out var value) == true && value is byte[] bytes
        && ActivityContext.TryParse(Encoding.ASCII.GetString(bytes), traceState: null, out _)
            ? Encoding.ASCII.GetString(bytes)
            : null;

    private static string? TextOf(string? text) => string.IsNullOrEmpty(text) ? null : text;

    /// <summary>The operator's user publishes a replay in the name of the sender given in the header.</summary>
    private string? UserOf(IReadOnlyBasicProperties properties) =>
        properties.UserId is { Length: > 0 } user && _operators.Contains(user)
        && properties.Headers?.TryGetValue(MessageReplay.SenderHeader, out var sender) == true && sender is byte[] name
            ? TextOf(Encoding.UTF8.GetString(name))
            : TextOf(properties.UserId);
}
