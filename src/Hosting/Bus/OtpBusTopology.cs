using System.Collections.Frozen;
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

    /// <summary>The queue of the command RequestOtp, and of the fanout exchange that leads to it alone.</summary>
    public const string RequestOtpQueue = "request-otp";

    /// <summary>The queue of the command VerifyOtp, and of the fanout exchange that leads to it alone.</summary>
    public const string VerifyOtpQueue = "verify-otp";

    /// <summary>The queue of the command CancelOtp, and of the fanout exchange that leads to it alone.</summary>
    public const string CancelOtpQueue = "cancel-otp";

    /// <summary>How often the broker hands one message out before it goes to the dead letters.</summary>
    public const int DeliveryLimit = 20;

    /// <summary>What the name of an error queue has after the name of its queue.</summary>
    internal const string ErrorSuffix = "_error";

    private const string DeadLetterSuffix = "-dead";
    private const string DeadLetterExchangeArgument = "x-dead-letter-exchange";
    private const string DeliveryLimitArgument = "x-delivery-limit";

    /// <summary>The queue of one channel's work commands, and of the fanout exchange that leads to it alone.</summary>
    public static string QueueOf(Channel channel) => $"otp-{channel.Text()}";

    /// <summary>Every queue that the pipeline reads, without those of its dead letters.</summary>
    public static IReadOnlyList<string> WorkQueues { get; } = [RequestOtpQueue, VerifyOtpQueue, CancelOtpQueue, CallbackQueue, .. Channels.All.Select(QueueOf)];

    private static readonly FrozenSet<string> Own =
        WorkQueues.SelectMany(q => new[] { q, q + ErrorSuffix, q + DeadLetterSuffix }).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Where messages end that were handed out too often; a queue and a fanout exchange of this name.</summary>
    public static string DeadLettersOf(string queue) => queue + DeadLetterSuffix;

    /// <summary>The dead letters of a channel's work commands.</summary>
    public static string DeadLettersOf(Channel channel) => DeadLettersOf(QueueOf(channel));

    /// <summary>Whether a queue of the pipeline holds dead letters.</summary>
    public static bool IsDeadLetterQueue(string queue) => queue.EndsWith(DeadLetterSuffix, StringComparison.Ordinal);

    /// <summary>Whether the queue is one of the pipeline's own, so that nobody's answer belongs there.</summary>
    public static bool IsOwn(string queue) => Own.Contains(queue);

    /// <summary>The arguments of a channel's queue: the same wherever it is declared, or the broker refuses the second declaration.</summary>
    public static void AsWorkQueueOf(this IRabbitMqQueueConfigurator queue, Channel channel) => queue.AsWorkQueue(QueueOf(channel));

    /// <summary>The arguments of a queue that the pipeline reads: the same wherever it is declared.</summary>
    public static void AsWorkQueue(this IRabbitMqQueueConfigurator queue, string name)
    {
        queue.SetQuorumQueue();
        queue.SetQueueArgument(DeliveryLimitArgument, DeliveryLimit);
        queue.SetQueueArgument(DeadLetterExchangeArgument, DeadLettersOf(name));
    }

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
                p.BindDeadLetters(QueueOf(channel));
            }
        });
        bus.Publish<RequestOtp>(p => p.BindCommands(RequestOtpQueue));
        bus.Publish<VerifyOtp>(p => p.BindCommands(VerifyOtpQueue));
        bus.Publish<CancelOtp>(p => p.BindCommands(CancelOtpQueue));

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

    private static void BindCallbacks(this IRabbitMqMessagePublishTopologyConfigurator events, string exchange)
    {
        events.BindQueue(exchange, CallbackQueue, q =>
        {
            q.ExchangeType = ExchangeType.Topic;
            q.RoutingKey = CallbackRouting.Key;
            q.AsWorkQueue(CallbackQueue);
        });
        events.BindDeadLetters(CallbackQueue);
    }

    /// <summary>From the exchange of the queue's name, and from the one that MassTransit publishes the command to by itself.</summary>
    private static void BindCommands<T>(this IRabbitMqMessagePublishTopologyConfigurator<T> command, string queue)
        where T : class
    {
        foreach (var exchange in new[] { queue, $"{typeof(T).Namespace}:{typeof(T).Name}" })
        {
            command.BindQueue(exchange, queue, q =>
            {
                q.ExchangeType = ExchangeType.Fanout;
                q.AsWorkQueue(queue);
            });
        }

        command.BindDeadLetters(queue);
    }

    private static void BindDeadLetters(this IRabbitMqMessagePublishTopologyConfigurator message, string queue) =>
        message.BindQueue(DeadLettersOf(queue), DeadLettersOf(queue), q =>
        {
            q.ExchangeType = ExchangeType.Fanout;
            q.SetQuorumQueue();
        });

    private static void WithoutDeadLetters(IRabbitMqQueueBindingConfigurator queue)
    {
        queue.SetQueueArgument(DeadLetterExchangeArgument, null!);
        queue.SetQueueArgument(DeliveryLimitArgument, null!);
    }
}
