using MassTransit;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Deliveries.Sending;
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
            endpoint.ConfigureError(pipe => pipe.UseFilter(new EndOfDeadLetters(context)));
        });
    }

    /// <summary>Feedback that has become a dead letter is owed no more: an operator decides.</summary>
    /// <remarks>After the dead letter's commit, so that a worker that dies before it leaves the feedback owed.</remarks>
    /// <param name="services">Has what needs the bus, which is not built yet when the filter is made.</param>
    private sealed class EndOfDeadLetters(IServiceProvider services) : IFilter<ExceptionReceiveContext>
    {
        public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
        {
            await next.Send(context);
            if (context.TryGetPayload<FeedbackDue>(out var command))
            {
                var feedback = services.GetRequiredService<DeliveryFeedback>();
                await services.GetRequiredService<DatabaseCircuitBreaker>()
                    .RunAsync(() => feedback.EndAsync(command.OtpId, CancellationToken.None));
            }
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("endOfDeadLetters");
    }
}
