using MassTransit;
using OtpPipeline.Contracts;
using OtpPipeline.Core.Deliveries;
using RabbitMQ.Client;

namespace OtpPipeline.Hosting.Bus;

/// <summary>
/// Every exchange and queue of the pipeline, in one place: both hosts declare all of it when they reach the broker, so nothing that
/// is published before a worker ever ran is lost, and whoever starts first declares what the other expects.
/// </summary>
public static class OtpBusTopology
{
    /// <summary>Direct exchange of the work command; the channel is the routing key.</summary>
    public const string OtpRequestedExchange = "otp-requested";

    /// <summary>Topic exchange of final statuses; the application id is the routing key.</summary>
    public const string OtpStatusChangedExchange = "otp-status-changed";

    /// <summary>Topic exchange of delivery statuses; the application id is the routing key.</summary>
    public const string OtpDeliveryChangedExchange = "otp-delivery-changed";

    /// <summary>Quorum queue of the events that become callbacks.</summary>
    public const string CallbackQueue = "otp-callbacks";

    /// <summary>Where an event ends that was handed out too often; a queue and a fanout exchange of this name.</summary>
    public const string CallbackDeadLetters = "otp-callbacks-dead";

    /// <summary>How often the broker hands one message out before it goes to the dead letters.</summary>
    public const int DeliveryLimit = 20;

    private const string DeadLetterExchangeArgument = "x-dead-letter-exchange";
    private const string DeliveryLimitArgument = "x-delivery-limit";

    /// <summary>The queue of one channel's work commands, and of the fanout exchange that leads to it alone.</summary>
    public static string QueueOf(Channel channel) => $"otp-{channel.Text()}";

    /// <summary>Where a channel's work commands end that were handed out too often; a queue and a fanout exchange of this name.</summary>
    public static string DeadLettersOf(Channel channel) => $"{QueueOf(channel)}-dead";

    /// <summary>The arguments of a channel's queue: the same wherever it is declared, or the broker refuses the second declaration.</summary>
    public static void AsWorkQueueOf(this IRabbitMqQueueConfigurator queue, Channel channel) => queue.AsWorkQueue(DeadLettersOf(channel));

    /// <summary>The arguments of the queue of callbacks, likewise.</summary>
    public static void AsCallbackQueue(this IRabbitMqQueueConfigurator queue) => queue.AsWorkQueue(CallbackDeadLetters);

    internal static void DeclareOtpTopology(this IRabbitMqBusFactoryConfigurator bus)
    {
        bus.Message<OtpRequested>(m => m.SetEntityName(OtpRequestedExchange));
        bus.Publish<OtpRequested>(p =>
        {
            p.ExchangeType = ExchangeType.Direct;
            foreach (var channel in Channels.All)
            {
                p.BindQueue(OtpRequestedExchange, QueueOf(channel), q =>
                {
                    q.ExchangeType = ExchangeType.Direct;
                    q.RoutingKey = channel.Text();
                    q.AsWorkQueueOf(channel);
                });
                p.BindQueue(DeadLettersOf(channel), DeadLettersOf(channel), q =>
                {
                    q.ExchangeType = ExchangeType.Fanout;
                    q.SetQuorumQueue();
                });
            }
        });

        bus.Message<OtpStatusChanged>(m => m.SetEntityName(OtpStatusChangedExchange));
        bus.Publish<OtpStatusChanged>(p =>
        {
            p.ExchangeType = ExchangeType.Topic;
            p.BindCallbacks(OtpStatusChangedExchange);
        });
        bus.Message<OtpDeliveryChanged>(m => m.SetEntityName(OtpDeliveryChangedExchange));
        bus.Publish<OtpDeliveryChanged>(p =>
        {
            p.ExchangeType = ExchangeType.Topic;
            p.BindCallbacks(OtpDeliveryChangedExchange);
        });
        bus.DeployPublishTopology = true;

        // An error queue inherits its queue's arguments; it must not send its own messages on to the dead letters.
        bus.SendTopology.ConfigureErrorSettings = WithoutDeadLetters;
        bus.SendTopology.ConfigureDeadLetterSettings = WithoutDeadLetters;
    }

    private static void AsWorkQueue(this IRabbitMqQueueConfigurator queue, string deadLetters)
    {
        queue.SetQuorumQueue();
        queue.SetQueueArgument(DeliveryLimitArgument, DeliveryLimit);
        queue.SetQueueArgument(DeadLetterExchangeArgument, deadLetters);
    }

    private static void BindCallbacks(this IRabbitMqMessagePublishTopologyConfigurator events, string exchange)
    {
        events.BindQueue(exchange, CallbackQueue, q =>
        {
            q.ExchangeType = ExchangeType.Topic;
            q.RoutingKey = "#";
            q.AsCallbackQueue();
        });
        events.BindQueue(CallbackDeadLetters, CallbackDeadLetters, q =>
        {
            q.ExchangeType = ExchangeType.Fanout;
            q.SetQuorumQueue();
        });
    }

    private static void WithoutDeadLetters(IRabbitMqQueueBindingConfigurator queue)
    {
        queue.SetQueueArgument(DeadLetterExchangeArgument, null!);
        queue.SetQueueArgument(DeliveryLimitArgument, null!);
    }
}
