using System.Net.Mime;
using MassTransit;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.DeadLetters;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Hosting.Bus.Connection;

namespace OtpPipeline.Hosting.Bus;

/// <summary>Sends a dead letter to its queue again, as its sender made it.</summary>
public sealed class MessageReplay(IBus bus, OtpSecrets secrets, IOptions<RabbitMqOptions> options)
{
    /// <summary>Names the first sender of the message; accepted only from an operator's user, which the broker checks.</summary>
    public const string SenderHeader = "otp-sender";

    private static readonly Uri DefaultExchange = new("exchange:amq.rabbitmq.reply-to");

    /// <summary>Returns when the broker has confirmed the message; throws otherwise.</summary>
    public async Task SendAsync(Guid deadLetterId, string queue, OriginalMessage original, CancellationToken cancellationToken)
    {
        var endpoint = await bus.GetSendEndpoint(DefaultExchange);
        await endpoint.Send(
            original, Pipe.Execute<SendContext<OriginalMessage>>(context => Prepare(context, deadLetterId, queue, original)),
            cancellationToken);
    }

    private void Prepare(SendContext<OriginalMessage> context, Guid deadLetterId, string queue, OriginalMessage original)
    {
        var rabbit = context.GetPayload<RabbitMqSendContext>();
        context.Serializer = new Unchanged(original.ContentType);
        context.SetRoutingKey(queue);
        context.MessageId = null;
        context.CorrelationId = null;
        context.ConversationId = null;
        rabbit.Mandatory = true;
        var properties = rabbit.BasicProperties;
        properties.MessageId = original.MessageId;
        properties.CorrelationId = original.CorrelationId;
        properties.ReplyTo = original.ReplyTo;
        properties.Type = original.Type;
        foreach (var (name, value) in original.Headers)
        {
            context.Headers.Set(name, value);
        }

        context.Headers.Set(DeadLetterStore.ReplayHeader, secrets.MarkReplay(deadLetterId));
        context.Headers.Set(SenderHeader, original.UserId);
        if (original.UserId is not null)
        {
            properties.UserId = options.Value.GetUser();
        }
    }

    /// <summary>Sends the body unchanged.</summary>
    private sealed class Unchanged(string? contentType) : IMessageSerializer
    {
        public ContentType ContentType { get; } = TypeOf(contentType);

        public MessageBody GetMessageBody<T>(SendContext<T> context)
            where T : class =>
            new BytesMessageBody(((OriginalMessage)(object)context.Message).Body);

        private static ContentType TypeOf(string? text)
        {
            try
            {
                return new(string.IsNullOrEmpty(text) ? MediaTypeNames.Application.Json : text);
            }
            catch (FormatException)
            {
                return new(MediaTypeNames.Application.Octet);
            }
        }
    }
}
