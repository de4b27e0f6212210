using MassTransit;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Hosting.Bus.Messages;

namespace OtpPipeline.Workers.DeadLetters;

/// <summary>Reads every dead-letter queue, for every message type.</summary>
public static class DeadLetterEndpoints
{
    private const int Prefetch = 32;

    public static void AddDeadLetters(this IBusRegistrationConfigurator bus) => bus.AddConsumer<DeadLetterConsumer>();

    public static void ConfigureDeadLetters(this IRabbitMqBusFactoryConfigurator bus, IBusRegistrationContext context)
    {
        foreach (var queue in OtpBusTopology.WorkQueues)
        {
            bus.ReceiveEndpoint(OtpBusTopology.DeadLettersOf(queue), endpoint =>
            {
                endpoint.ConfigureConsumeTopology = false;
                endpoint.SetQuorumQueue();
                endpoint.PrefetchCount = Prefetch;
                endpoint.ConcurrentMessageLimit = 1;
                endpoint.ReadWith(received => Read(received, queue));
                endpoint.ConfigureConsumer<DeadLetterConsumer>(context);
            });
        }
    }

    private static DeadMessage Read(ReceiveContext context, string queue)
    {
        var properties = OriginalMessages.PropertiesOf(context);
        var reason = OriginalMessages.DeathOf(properties) is { } death ? $"moved by the broker: {death}" : "found among the dead letters";
        return new(queue, reason, OriginalMessages.From(properties, context.Body.GetBytes()), OriginalMessages.SafeHeadersOf(properties));
    }
}
