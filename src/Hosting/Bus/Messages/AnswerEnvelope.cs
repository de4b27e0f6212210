using System.Net.Mime;
using System.Text.Json;
using MassTransit;

namespace OtpPipeline.Hosting.Bus.Messages;

/// <summary>MassTransit's envelope as its clients read it, without the host name that MassTransit would add.</summary>
internal sealed class AnswerEnvelope : IMessageSerializer
{
    public const string MediaType = "application/vnd.masstransit+json";

    public static readonly AnswerEnvelope Instance = new();

    public ContentType ContentType { get; } = new(MediaType);

    public static string TypeOf(SendContext context) =>
        context.GetType().GenericTypeArguments is [var message] ? message.Name : "";

    public MessageBody GetMessageBody<T>(SendContext<T> context)
        where T : class
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            Write(writer, "messageId", context.MessageId);
            Write(writer, "requestId", context.RequestId);
            Write(writer, "correlationId", context.CorrelationId);
            Write(writer, "conversationId", context.ConversationId);
            writer.WriteStartArray("messageType");
            writer.WriteStringValue(MessageUrn.ForTypeString<T>());
            writer.WriteEndArray();
            writer.WritePropertyName("message");
            JsonSerializer.Serialize(writer, context.Message, ContractsJson.Default.Options.GetTypeInfo(typeof(T)));
            writer.WriteEndObject();
        }

        return new BytesMessageBody(buffer.ToArray());
    }

    private static void Write(Utf8JsonWriter writer, string name, Guid? id)
    {
        if (id is { } value)
        {
            writer.WriteString(name, value);
        }
    }
}
