using MassTransit;
using Microsoft.Extensions.Options;
using OtpPipeline.Hosting.Bus;

namespace OtpPipeline.Workers.Feedback;

/// <summary>A queue with its own small concurrency: feedback takes no place of a delivery.</summary>
public static class FeedbackSetup
{
    public static void AddFeedback(this IBusRegistrationConfigurator bus)
    {
        bus.AddOptions<FeedbackOptions>().BindConfiguration(FeedbackOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        bus.AddSingleton<FeedbackMetrics>();
        bus.AddSingleton<FeedbackSender>();
        bus.AddConsumer<FeedbackConsumer>();
    }

    public static void ConfigureFeedback(this IRabbitMqBusFactoryConfigurator bus, IBusRegistrationContext context)
    {
        var concurrency = context.GetRequiredService<IOptions<FeedbackOptions>>().Value.Concurrency;
        bus.ReceiveEndpoint(OtpBusTopology.FeedbackQueue, endpoint =>
        {
            // The shared topology defines the queue's bindings; the endpoint declares and binds it in the same way.
            endpoint.ConfigureConsumeTopology = false;
            endpoint.AsWorkQueue(OtpBusTopology.FeedbackQueue);
            endpoint.PrefetchCount = 2 * concurrency;
            endpoint.ConcurrentMessageLimit = concurrency;
            endpoint.ConfigureConsumer<FeedbackConsumer>(context);
        });
    }
}
