using MassTransit;
using MassTransit.RabbitMqTransport.Configuration;
using OtpPipeline.Contracts;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Hosting.Bus.Messages;
using RabbitMQ.Client;

namespace OtpPipeline.Hosting.Bus;

/// <summary>A binding of a queue of the pipeline.</summary>
internal sealed record QueueBinding(string Exchange, string ExchangeType, string RoutingKey);

/// <summary>A queue of the pipeline.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsWork">Whether the broker moves its messages to dead letters; false for the dead-letter queue itself.</param>
/// <param name="Bindings">The exchanges that lead to it.</param>
internal sealed record OwnQueue(string Name, bool IsWork, IReadOnlyList<QueueBinding> Bindings);

/// <summary>Every exchange and queue of the pipeline, in one place.</summary>
/// <remarks>Both hosts declare all of it when they reach the broker: no message published before a worker first ran is lost, and the
/// hosts can start in any order.</remarks>
public static class OtpBusTopology
{
    /// <summary>Direct exchange of the work command; the channel is the routing key.</summary>
    public const string OtpRequestedExchange = "otp-requested";

    /// <summary>Topic exchange of final statuses; the application id is the routing key.</summary>
    public const string OtpStatusChangedExchange = "otp-status-changed";

    /// <summary>Topic exchange of delivery statuses; the application id is the routing key.</summary>
    public const string OtpDeliveryChangedExchange = "otp-delivery-changed";

    /// <summary>Name of the queue that announces callbacks, and of the fanout exchange that leads only to it.</summary>
    public const string CallbackQueue = "otp-callbacks";

    /// <summary>Name of the queue for feedback to providers, and of the fanout exchange that leads only to it.</summary>
    public const string FeedbackQueue = "otp-feedback";

    /// <summary>Name of the queue for the command RequestOtp, and of the fanout exchange that leads only to it.</summary>
    public const string RequestOtpQueue = "request-otp";

    /// <summary>Name of the queue for the command VerifyOtp, and of the fanout exchange that leads only to it.</summary>
    public const string VerifyOtpQueue = "verify-otp";

    /// <summary>Name of the queue for the command CancelOtp, and of the fanout exchange that leads only to it.</summary>
    public const string CancelOtpQueue = "cancel-otp";

    /// <summary>Name of the queue for the command ResendOtp, and of the fanout exchange that leads only to it.</summary>
    public const string ResendOtpQueue = "resend-otp";

    /// <summary>Name of the queue for the command NextOtp, and of the fanout exchange that leads only to it.</summary>
    public const string NextOtpQueue = "next-otp";

    /// <summary>Deliveries of one message before the broker moves it to the dead letters.</summary>
    public const int DeliveryLimit = 20;

    /// <summary>Suffix of an error queue's name, after the name of its queue.</summary>
    internal const string ErrorSuffix = "_error";

    private const string DeadLetterSuffix = "-dead";
    private const string DeadLetterExchangeArgument = "x-dead-letter-exchange";
    private const string DeliveryLimitArgument = "x-delivery-limit";

    /// <summary>Name of the queue for one channel's work commands, and of the fanout exchange that leads only to it.</summary>
    public static string QueueOf(Channel channel) => $"otp-{channel.Text()}";

    /// <summary>Every queue that the pipeline reads, except dead-letter queues.</summary>
    public static IReadOnlyList<string> WorkQueues { get; } = [
        RequestOtpQueue, VerifyOtpQueue, CancelOtpQueue, ResendOtpQueue, NextOtpQueue, CallbackQueue, FeedbackQueue,
        .. Channels.All.Select(QueueOf)
    ];

    /// <summary>Name of the queue and fanout exchange for messages that were delivered too often.</summary>
    public static string DeadLettersOf(string queue) => queue + DeadLetterSuffix;

    /// <summary>The dead letters of a channel's work commands.</summary>
    public static string DeadLettersOf(Channel channel) => DeadLettersOf(QueueOf(channel));

    /// <summary>Whether a queue of the pipeline holds dead letters.</summary>
    public static bool IsDeadLetterQueue(string queue) => queue.EndsWith(DeadLetterSuffix, StringComparison.Ordinal);

    /// <summary>Sets the arguments of a channel's queue.</summary>
    /// <remarks>They must be equal wherever it is declared, or the broker refuses the second declaration.</remarks>
    public static void AsWorkQueueOf(this IRabbitMqQueueConfigurator queue, Channel channel) => queue.AsWorkQueue(QueueOf(channel));

    /// <summary>Sets the arguments of a queue that the pipeline reads; they must be equal wherever it is declared.</summary>
    public static void AsWorkQueue(this IRabbitMqQueueConfigurator queue, string name)
    {
        queue.SetQuorumQueue();
        queue.SetQueueArgument(DeliveryLimitArgument, DeliveryLimit);
        queue.SetQueueArgument(DeadLetterExchangeArgument, DeadLettersOf(name));
    }

    /// <summary>Each queue with its bindings, and the queue of its dead letters.</summary>
    internal static IReadOnlyList<OwnQueue> Queues { get; } =
    [
        .. Channels.All.SelectMany(c => WithDeadLetters(new(QueueOf(c), IsWork: true,
        [
            new(QueueOf(c), ExchangeType.Fanout, ""), new(OtpRequestedExchange, ExchangeType.Direct, c.Text()),
        ]))),
        .. CommandQueue<RequestOtp>(RequestOtpQueue),
        .. CommandQueue<VerifyOtp>(VerifyOtpQueue),
        .. CommandQueue<CancelOtp>(CancelOtpQueue),
        .. CommandQueue<ResendOtp>(ResendOtpQueue),
        .. CommandQueue<NextOtp>(NextOtpQueue),
        .. WithDeadLetters(new(CallbackQueue, IsWork: true,
        [
            new(CallbackQueue, ExchangeType.Fanout, ""),
            new(OtpStatusChangedExchange, ExchangeType.Topic, CallbackRouting.Key),
            new(OtpDeliveryChangedExchange, ExchangeType.Topic, CallbackRouting.Key),
        ])),
        .. WithDeadLetters(new(FeedbackQueue, IsWork: true, [new(FeedbackQueue, ExchangeType.Fanout, "")])),
    ];

    internal static Dictionary<string, object?> ArgumentsOf(OwnQueue queue)
    {
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal) { ["x-queue-type"] = "quorum" };
        if (queue.IsWork)
        {
            arguments[DeliveryLimitArgument] = DeliveryLimit;
            arguments[DeadLetterExchangeArgument] = DeadLettersOf(queue.Name);
        }

        return arguments;
    }

    internal static void DeclareOtpTopology(this IRabbitMqBusFactoryConfigurator bus)
    {
        bus.Message<OtpRequested>(m => m.SetEntityName(OtpRequestedExchange));
        bus.Message<FeedbackDue>(m => m.SetEntityName(FeedbackQueue));
        bus.Message<CallbackDue>(m => m.SetEntityName(CallbackQueue));
        bus.Message<OtpStatusChanged>(m => m.SetEntityName(OtpStatusChangedExchange));
        bus.Message<OtpDeliveryChanged>(m => m.SetEntityName(OtpDeliveryChangedExchange));
        bus.Publish<OtpStatusChanged>(p => p.ExchangeType = ExchangeType.Topic);
        bus.Publish<OtpDeliveryChanged>(p => p.ExchangeType = ExchangeType.Topic);
        bus.Publish<OtpRequested>(p =>
        {
            p.ExchangeType = ExchangeType.Direct;
            foreach (var queue in Queues)
            {
                foreach (var binding in queue.Bindings)
                {
                    p.BindQueue(binding.Exchange, queue.Name, q => q.Bind(queue, binding));
                }
            }
        });
        bus.DeployPublishTopology = true;

        // An error queue inherits its queue's arguments; it must not move its own messages to the dead letters.
        bus.SendTopology.ConfigureErrorSettings = WithoutDeadLetters;
        bus.SendTopology.ConfigureDeadLetterSettings = WithoutDeadLetters;
    }

    /// <summary>Binds the endpoint's queue whenever the endpoint declares it.</summary>
    /// <remarks>That happens at the start, and after an operator deleted the queue while its consumer ran.</remarks>
    internal static void BindQueueOf(IReceiveEndpointConfigurator endpoint)
    {
        var name = ErrorQueues.QueueOf(endpoint.InputAddress);
        if (Queues.FirstOrDefault(q => string.Equals(q.Name, name, StringComparison.Ordinal)) is not { } queue
            || endpoint is not IRabbitMqReceiveEndpointConfiguration rabbit)
        {
            return;
        }

        foreach (var binding in queue.Bindings)
        {
            rabbit.Topology.Consume.BindQueue(binding.Exchange, queue.Name, q => q.Bind(queue, binding));
        }
    }

    private static void Bind(this IRabbitMqQueueBindingConfigurator configurator, OwnQueue queue, QueueBinding binding)
    {
        configurator.ExchangeType = binding.ExchangeType;
        configurator.RoutingKey = binding.RoutingKey;
        if (queue.IsWork)
        {
            configurator.AsWorkQueue(queue.Name);
        }
        else
        {
            configurator.SetQuorumQueue();
        }
    }

    /// <summary>Bound to the exchange of the queue's name, and to the one to which MassTransit publishes the command by default.</summary>
    private static IEnumerable<OwnQueue> CommandQueue<T>(string queue) => WithDeadLetters(new(queue, IsWork: true,
    [
        new(queue, ExchangeType.Fanout, ""), new($"{typeof(T).Namespace}:{typeof(T).Name}", ExchangeType.Fanout, ""),
    ]));

    private static IEnumerable<OwnQueue> WithDeadLetters(OwnQueue queue)
    {
        var dead = DeadLettersOf(queue.Name);
        return [queue, new(dead, IsWork: false, [new(dead, ExchangeType.Fanout, "")])];
    }

    private static void WithoutDeadLetters(IRabbitMqQueueBindingConfigurator queue)
    {
        queue.SetQueueArgument(DeadLetterExchangeArgument, null!);
        queue.SetQueueArgument(DeliveryLimitArgument, null!);
    }
}
