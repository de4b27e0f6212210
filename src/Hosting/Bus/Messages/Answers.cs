using MassTransit;
using OtpPipeline.Outbox;
using OtpPipeline.Outbox.Sending;

namespace OtpPipeline.Hosting.Bus.Messages;

/// <summary>Where the answer to a command goes, and the ids by which the sender recognises it.</summary>
/// <param name="Queue">Name of the queue for the answer. It is never declared; if it does not exist, the answer is dropped.</param>
/// <param name="InEnvelope">Answers in MassTransit's envelope, because the command came in one.</param>
/// <param name="Correlation">The sender's correlation_id, any text; for a plain answer.</param>
/// <param name="RequestId">MassTransit's request id, for an answer in an envelope; like the two below.</param>
/// <param name="ConversationId">The conversation of the command.</param>
/// <param name="CorrelationId">The correlation of the command.</param>
public sealed record ReplyRoute(
    string Queue, bool InEnvelope, string? Correlation, Guid? RequestId = null, Guid? ConversationId = null, Guid? CorrelationId = null);

/// <summary>Sends answers to commands through the outbox.</summary>
public static class Answers
{
    /// <summary>Any text from the sender, such as a phone number: stored encrypted.</summary>
    internal const string CorrelationHeader = "otp-correlation";

    private const string FormHeader = "otp-answer";
    private const string Envelope = "envelope";
    private const string Plain = "plain";

    // MassTransit's name for the default exchange: the broker drops a message for a missing queue, and neither side declares anything.
    private static readonly Uri DefaultExchange = new("exchange:amq.rabbitmq.reply-to");

    /// <summary>Adds the answer to the unit of work.</summary>
    public static void Answer<T>(this OutboxBatch batch, ReplyRoute route, T answer, string? traceParent)
        where T : class
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal) { [FormHeader] = route.InEnvelope ? Envelope : Plain };
        Add(headers, CorrelationHeader, route.InEnvelope ? null : route.Correlation);
        Add(headers, OutboxHeaders.RequestId, route.RequestId?.ToString());
        Add(headers, OutboxHeaders.ConversationId, route.ConversationId?.ToString());
        Add(headers, OutboxHeaders.CorrelationId, route.CorrelationId?.ToString());
        batch.Send(answer, DefaultExchange, route.Queue, headers: headers, traceParent: traceParent);
    }

    /// <summary>Gives an outgoing answer the format that its receiver reads, and its type's name as the AMQP type.</summary>
    internal static void Address(SendContext context)
    {
        if (!context.Headers.TryGetHeader(FormHeader, out var form) || !context.TryGetPayload<RabbitMqSendContext>(out var rabbit))
        {
            return;
        }

        context.Headers.TryGetHeader(CorrelationHeader, out var correlation);
        context.Headers.Set(FormHeader, null);
        context.Headers.Set(CorrelationHeader, null);
        rabbit.Mandatory = false;
        rabbit.BasicProperties.Type = AnswerEnvelope.TypeOf(context);
        if (form is Envelope)
        {
            context.Serializer = AnswerEnvelope.Instance;
        }
        else if (correlation is string text)
        {
            rabbit.BasicProperties.CorrelationId = text;
        }
    }

    private static void Add(Dictionary<string, string> headers, string name, string? value)
    {
        if (value is not null)
        {
            headers[name] = value;
        }
    }
}
