using System.Net.Mime;
using System.Text.Json;
using MassTransit;
using MassTransit.Serialization;

namespace OtpPipeline.Hosting.Bus.Messages;

/// <summary>Lets an endpoint read its messages itself, with all properties, regardless of their content type.</summary>
public static class OwnReading
{
    private static readonly JsonDocument Nothing = JsonDocument.Parse("{}");

    /// <summary>Converts each message of the endpoint with <paramref name="read"/>; an exception from it is the message's fault.</summary>
    public static void ReadWith<T>(this IReceiveEndpointConfigurator endpoint, Func<ReceiveContext, T> read)
        where T : class
    {
        var factory = new Deserializer<T>(read);
        endpoint.ClearSerialization();
        endpoint.AddSerializer(factory, isSerializer: true);
        endpoint.AddDeserializer(factory, isDefault: true);
    }

    private sealed class Deserializer<TMessage>(Func<ReceiveContext, TMessage> read) : ISerializerFactory, IMessageDeserializer
        where TMessage : class
    {
        public ContentType ContentType => SystemTextJsonRawMessageSerializer.JsonContentType;

        public IMessageSerializer CreateSerializer() => new SystemTextJsonRawMessageSerializer();

        public IMessageDeserializer CreateDeserializer() => this;

        public ConsumeContext Deserialize(ReceiveContext receiveContext) =>
            new BodyConsumeContext(receiveContext, new Context<TMessage>(receiveContext, read(receiveContext)));

        public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null) =>
            throw new NotSupportedException("The message is read with the properties that it came with.");

        public MessageBody GetMessageBody(string text) => new StringMessageBody(text);

        public void Probe(ProbeContext context) => context.CreateScope("ownReading");
    }

    private sealed class Context<TMessage>(ReceiveContext received, TMessage message) : SystemTextJsonRawSerializerContext(
        SystemTextJsonMessageSerializer.Instance,
        SystemTextJsonMessageSerializer.Options,
        SystemTextJsonRawMessageSerializer.JsonContentType,
        new RawMessageContext(received.TransportHeaders, received.InputAddress, RawSerializerOptions.AnyMessageType),
        [MessageUrn.ForTypeString<TMessage>()],
        RawSerializerOptions.AnyMessageType,
        Nothing.RootElement)
        where TMessage : class
    {
        public override bool TryGetMessage<T>(out T? wanted)
            where T : class
        {
            wanted = message as T;
            return wanted is not null;
        }
    }
}
