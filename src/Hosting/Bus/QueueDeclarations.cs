using RabbitMQ.Client;

namespace OtpPipeline.Hosting.Bus;

/// <summary>Declares a queue of the pipeline with its exchanges and bindings.</summary>
internal static class QueueDeclarations
{
    public static async Task DeclareAsync(IChannel channel, OwnQueue queue, bool isMissing, CancellationToken cancellationToken)
    {
        foreach (var binding in isMissing ? queue.Bindings : [])
        {
            await channel.ExchangeDeclareAsync(binding.Exchange, binding.ExchangeType, durable: true, cancellationToken: cancellationToken);
        }

        if (isMissing)
        {
            await channel.QueueDeclareAsync(
                queue.Name, durable: true, exclusive: false, autoDelete: false, OtpBusTopology.ArgumentsOf(queue),
                cancellationToken: cancellationToken);
        }

        foreach (var binding in queue.Bindings)
        {
            await channel.QueueBindAsync(queue.Name, binding.Exchange, binding.RoutingKey, cancellationToken: cancellationToken);
        }
    }

    /// <summary>Checks that the queue accepts a consumer; a queue with messages or consumers does.</summary>
    /// <remarks>A quorum queue that another process is declaring exists before it works. RabbitMQ then closes the consumer's
    /// connection. A start of the bus does not survive that; this check does, and is repeated.</remarks>
    public static async Task ConsumeOnceAsync(IChannel channel, string queue, CancellationToken cancellationToken)
    {
        var found = await channel.QueueDeclarePassiveAsync(queue, cancellationToken);
        if (found is { MessageCount: 0, ConsumerCount: 0 })
        {
            var tag = await channel.BasicConsumeAsync(queue, autoAck: false, new AsyncDefaultBasicConsumer(channel), cancellationToken);
            await channel.BasicCancelAsync(tag, cancellationToken: cancellationToken);
        }
    }
}
