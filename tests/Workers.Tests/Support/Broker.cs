using System.Text;
using System.Text.Json;
using OtpPipeline.Hosting.Bus;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace OtpPipeline.Workers.Tests.Support;

/// <summary>The broker as another program sees it.</summary>
internal sealed class Broker : IAsyncDisposable
{
    private static readonly string[] Exchanges =
        [OtpBusTopology.OtpRequestedExchange, OtpBusTopology.OtpStatusChangedExchange, OtpBusTopology.OtpDeliveryChangedExchange];

    private readonly IConnection _connection;

    private Broker(IConnection connection) => _connection = connection;

    public static async Task<Broker> ConnectAsync() =>
        new(await new ConnectionFactory { Uri = await CollectionBroker.AddressAsync() }.CreateConnectionAsync());

    /// <summary>Removes all that the pipeline declares, so that a test sees what its own hosts declare.</summary>
    public async Task ForgetTopologyAsync()
    {
        await using var channel = await _connection.CreateChannelAsync();
        foreach (var name in OtpBusTopology.WorkQueues.SelectMany(q => new[] { q, OtpBusTopology.DeadLettersOf(q), $"{q}_error" }))
        {
            await channel.QueueDeleteAsync(name);
            await channel.ExchangeDeleteAsync(name);
        }

        foreach (var exchange in Exchanges)
        {
            await channel.ExchangeDeleteAsync(exchange);
        }
    }

    /// <summary>Messages ready in a queue; null where there is no such queue.</summary>
    public async Task<uint?> CountAsync(string queue) => (await LookAsync(queue))?.MessageCount;

    /// <summary>How many take messages from a queue; null where there is no such queue.</summary>
    public async Task<uint?> ConsumersAsync(string queue) => (await LookAsync(queue))?.ConsumerCount;

    /// <summary>True if a queue of the pipeline has a consumer.</summary>
    public async Task<bool> AnyConsumesAsync()
    {
        foreach (var queue in OtpBusTopology.WorkQueues)
        {
            if (await ConsumersAsync(queue) > 0)
            {
                return true;
            }
        }

        return false;
    }

    public async Task<string?> RefusalOfDeclaringAsync(string queue, Dictionary<string, object?> arguments)
    {
        await using var channel = await _connection.CreateChannelAsync();
        try
        {
            await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments);
            return null;
        }
        catch (OperationInterruptedException refused)
        {
            return refused.ShutdownReason?.ReplyText;
        }
    }

    public async Task PublishAsync(string exchange, string routingKey, string body, IDictionary<string, object?>? headers = null)
    {
        await using var channel = await _connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await channel.BasicPublishAsync(
            exchange, routingKey, mandatory: true, new BasicProperties { Headers = headers }, Encoding.UTF8.GetBytes(body));
    }

    public async Task<BasicGetResult?> TakeAsync(string queue)
    {
        await using var channel = await _connection.CreateChannelAsync();
        return await channel.BasicGetAsync(queue, autoAck: true);
    }

    /// <summary>Takes all messages of a queue that is at rest; how many OTPs they name.</summary>
    public async Task<int> TakeAllAsync(string queue)
    {
        var otps = 0;
        while (await TakeAsync(queue) is { } message)
        {
            var body = JsonDocument.Parse(message.Body).RootElement;
            otps += 1 + (body.TryGetProperty("further", out var further) ? further.GetArrayLength() : 0);
        }

        return otps;
    }

    /// <summary>Takes what the queue hands out and gives it back, until told; how often that was.</summary>
    public async Task<int> HandBackAsync(string queue, Func<Task<bool>> until, string what)
    {
        await using var channel = await _connection.CreateChannelAsync();
        var handedOut = 0;
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, message) =>
        {
            Interlocked.Increment(ref handedOut);
            await channel.BasicNackAsync(message.DeliveryTag, multiple: false, requeue: true);
        };
        await channel.BasicConsumeAsync(queue, autoAck: false, consumer);
        await Eventually.Until(until, what);
        return handedOut;
    }

    /// <summary>A queue that the broker names, and that goes with this connection.</summary>
    public async Task<string> DeclareOwnQueueAsync()
    {
        await using var channel = await _connection.CreateChannelAsync();
        return (await channel.QueueDeclareAsync("", durable: false, exclusive: true, autoDelete: false)).QueueName;
    }

    /// <summary>A queue that takes nothing, as its owner may declare it.</summary>
    public async Task<string> DeclareFullQueueAsync()
    {
        await using var channel = await _connection.CreateChannelAsync();
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal) { ["x-max-length"] = 0, ["x-overflow"] = "reject-publish" };
        return (await channel.QueueDeclareAsync("", durable: false, exclusive: true, autoDelete: false, arguments)).QueueName;
    }

    public async Task BindAsync(string queue, string exchange, string routingKey)
    {
        await using var channel = await _connection.CreateChannelAsync();
        await channel.QueueBindAsync(queue, exchange, routingKey);
    }

    public async Task DeleteQueueAsync(string queue)
    {
        await using var channel = await _connection.CreateChannelAsync();
        await channel.QueueDeleteAsync(queue);
    }

    public async Task PurgeQueueAsync(string queue)
    {
        await using var channel = await _connection.CreateChannelAsync();
        await channel.QueuePurgeAsync(queue);
    }

    public async Task DeleteExchangeAsync(string exchange)
    {
        await using var channel = await _connection.CreateChannelAsync();
        await channel.ExchangeDeleteAsync(exchange);
    }

    public async Task SubscribeAsync(string queue, string exchange, string type, string routingKey)
    {
        await using var channel = await _connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync(exchange, type, durable: true);
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        await channel.QueueBindAsync(queue, exchange, routingKey);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task<QueueDeclareOk?> LookAsync(string queue)
    {
        await using var channel = await _connection.CreateChannelAsync();
        try
        {
            return await channel.QueueDeclarePassiveAsync(queue);
        }
        catch (OperationInterruptedException missing) when (missing.ShutdownReason?.ReplyCode == 404)
        {
            return null;
        }
    }
}
