using System.Text.Json;
using OtpPipeline.Hosting.Bus.Messages;
using RabbitMQ.Client;

namespace OtpPipeline.Workers.Commands;

/// <summary>Finds the reply route. A forbidden address puts the command aside: its reply could reach another client's queue.</summary>
/// <param name="inputAddress">Address of the queue that the command came from.</param>
/// <param name="isAllowed">Whether the sender may request a reply in a queue.</param>
internal sealed class ReplyRoutes(Uri inputAddress, Func<string, bool> isAllowed)
{
    private const string DirectReply = "amq.rabbitmq.reply-to";

    public ReplyRoute? OfPlain(IReadOnlyBasicProperties properties) =>
        Usable(properties.ReplyTo) is { } queue ? new(queue, InEnvelope: false, OriginalMessages.Fitting(properties.CorrelationId)) : null;

    public ReplyRoute? OfEnvelope(JsonElement envelope, IReadOnlyBasicProperties properties)
    {
        var address = TextOf(envelope, "responseAddress");
        var queue = address is null ? properties.ReplyTo : QueueOf(address);
        if (queue?.StartsWith(DirectReply, StringComparison.Ordinal) == true)
        {
            // For a direct reply, the broker completes the name in the ReplyTo property.
            queue = properties.ReplyTo;
        }

        return Usable(address is null ? queue : queue ?? address) is { } name
            ? new(
                name, InEnvelope: true, null, IdOf(envelope, "requestId"), IdOf(envelope, "conversationId"),
                IdOf(envelope, "correlationId"))
            : null;
    }

    private string? QueueOf(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri))
        {
            return null;
        }

        switch (uri.Scheme)
        {
            case "queue" or "exchange":
                return Uri.UnescapeDataString(uri.AbsolutePath);
            case "rabbitmq" or "rabbitmqs" or "amqp" or "amqps":
                var path = uri.AbsolutePath.Split('/');
                var mine = inputAddress.AbsolutePath.Split('/');
                return path.Length == mine.Length
                    && path[..^1].SequenceEqual(mine[..^1], StringComparer.Ordinal) ? Uri.UnescapeDataString(path[^1]) : null;
            default:
                return null;
        }
    }

    /// <summary>Returns null if no reply is wanted.</summary>
    /// <exception cref="UnreadableMessageException">The reply may not go to this queue.</exception>
    private string? Usable(string? queue)
    {
        if (string.IsNullOrEmpty(queue))
        {
            return null;
        }

        return OriginalMessages.Fitting(queue) is { } name && !name.Contains('\0') && isAllowed(name)
            ? name
            : throw new UnreadableMessageException("the reply address is not a queue of the sender's applications");
    }

    private static Guid? IdOf(JsonElement envelope, string name) => Guid.TryParse(TextOf(envelope, name), out var id) ? id : null;

    public static string? TextOf(JsonElement envelope, string name) =>
        Find(envelope, name) is { ValueKind: JsonValueKind.String } value ? SafeText(value) : null;

    /// <summary>The property; null without it, and where a name beside it has half a surrogate pair, which JSON allows.</summary>
    public static JsonElement? Find(JsonElement owner, string name)
    {
        try
        {
            return owner.TryGetProperty(name, out var value) ? value : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Returns null for text with half a surrogate pair, which JSON allows: it is no valid address.</summary>
    private static string? SafeText(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
