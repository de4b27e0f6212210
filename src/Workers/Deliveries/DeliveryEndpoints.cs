using MassTransit;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Workers.Telemetry;

namespace OtpPipeline.Workers.Deliveries;

/// <summary>One queue per channel with its own concurrency and backlog: a hanging provider does not slow other channels.</summary>
public static class DeliveryEndpoints
{
    public static void AddDeliveries(this IBusRegistrationConfigurator bus)
    {
        bus.AddSingleton<DeliveryMetrics>();
        bus.AddSingleton<DeliveryPlaces>();
        bus.AddSingleton<DeliverySending>();
        bus.AddConsumer<DeliveryConsumer>();
    }

    public static void ConfigureDeliveries(this IRabbitMqBusFactoryConfigurator bus, IBusRegistrationContext context)
    {
        var options = context.GetRequiredService<IOptions<DeliveryOptions>>().Value;
        foreach (var channel in Channels.All)
        {
            bus.ReceiveEndpoint(OtpBusTopology.QueueOf(channel), endpoint =>
            {
                // The shared topology defines the queue's bindings; the endpoint declares and binds it in the same way.
                endpoint.ConfigureConsumeTopology = false;
                endpoint.AsWorkQueueOf(channel);
                endpoint.PrefetchCount = Math.Max(options.From(channel).Prefetch, options.From(channel).Concurrency);

                // ChannelPlaces limits what is under way: a message may name many OTPs.
                endpoint.ConcurrentMessageLimit = endpoint.PrefetchCount;
                endpoint.ConfigureConsumer<DeliveryConsumer>(context);
            });
        }
    }
}
