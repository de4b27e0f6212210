using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace OtpPipeline.Outbox.Tests.Support;

internal sealed record Received(
    Guid MessageId, string RoutingKey, string Body, string? CorrelationId, IReadOnlyDictionary<string, string> Headers, DateTime At)
{
    public int Number => JsonDocument.Parse(Body).RootElement.GetProperty("number").GetInt32();
}

/// <summary>Sees what another system would see: a queue of its own on the exchange, read without MassTransit.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly ConcurrentQueue<Received> _messages = [];

    private Receiver(IConnection connection, IChannel channel, string exchange)
    {
        _connection = connection;
        _channel = channel;
        Exchange = exchange;
    }

    public string Exchange { get; }

    /// <summary>A queue that Send can address.</summary>
    public string Queue => Exchange + "-queue";

    public ConcurrentQueue<Received> Messages => _messages;

    public static async Task<Receiver> StartAsync(Uri broker)
    {
        var opened = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync();
        var queues = await opened.CreateChannelAsync();
        var receiver = new Receiver(opened, queues, $"outbox-tests-{Guid.NewGuid():N}");
        await queues.ExchangeDeclareAsync(receiver.Exchange, "topic", durable: true);
        await queues.QueueDeclareAsync(receiver.Queue, durable: true, exclusive: false, autoDelete: true);
        await queues.QueueBindAsync(receiver.Queue, receiver.Exchange, "ping.#");
        var consumer = new AsyncEventingBasicConsumer(queues);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            receiver.Add(delivery);
            return Task.CompletedTask;
        };
        await queues.BasicConsumeAsync(receiver.Queue, autoAck: true, consumer);
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.QueueDeleteAsync(Queue);
        await _channel.ExchangeDeleteAsync(Exchange);
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private void Add(BasicDeliverEventArgs delivery) =>
        _messages.Enqueue(new Received(
            Guid.Parse(delivery.BasicProperties.MessageId!),
            delivery.RoutingKey,
            Encoding.UTF8.GetString(delivery.Body.Span),
            delivery.BasicProperties.CorrelationId,
            delivery.BasicProperties.Texts(),
            DateTime.UtcNow));
}
