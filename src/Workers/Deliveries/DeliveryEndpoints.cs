using MassTransit;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Workers.Telemetry;

namespace OtpPipeline.Workers.Deliveries;

/// <summary>
/// One queue a channel, each with its own concurrency and backlog: a channel whose provider hangs costs the others nothing.
/// </summary>
public static class DeliveryEndpoints
{
    public static void AddDeliveries(this IBusRegistrationConfigurator bus)
    {
        bus.AddSingleton<DeliveryMetrics>();
        bus.AddConsumer<DeliveryConsumer>();
    }

    public static void ConfigureDeliveries(this IRabbitMqBusFactoryConfigurator bus, IBusRegistrationContext context)
    {
        var options = context.GetRequiredService<IOptions<DeliveryOptions>>().Value;
        foreach (var channel in Channels.All)
        {
            bus.ReceiveEndpoint(OtpBusTopology.QueueOf(channel), endpoint =>
            {
                // The shared topology says what leads to the queue; the endpoint declares and binds it alike.
                endpoint.ConfigureConsumeTopology = false;
                endpoint.AsWorkQueueOf(channel);
                endpoint.PrefetchCount = Math.Max(options.From(channel).Prefetch, options.From(channel).Concurrency);
                endpoint.ConcurrentMessageLimit = options.From(channel).Concurrency;
                endpoint.ConfigureConsumer<DeliveryConsumer>(context);
            });
        }
    }
}
