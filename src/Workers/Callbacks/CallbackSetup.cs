using MassTransit;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Applications.Lookup;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Workers.Connections;

namespace OtpPipeline.Workers.Callbacks;

public static class CallbackSetup
{
    /// <summary>Registers the sender. Call it before adding the bus, so that a stop ends the consumers first.</summary>
    public static IServiceCollection AddOtpCallbacks(this IServiceCollection services)
    {
        services.AddNameResolution();
        services.AddSingleton<CallbackMetrics>();
        services.AddSingleton(p => new CallbackConnections(Connector(p), p.GetRequiredService<IOptions<CallbackOptions>>()));
        services.AddSingleton(p => new CallbackExchange(
            new HttpMessageInvoker(p.GetRequiredService<CallbackConnections>().CreateHandler()),
            p.GetRequiredService<IOptions<CallbackOptions>>(),
            p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<SecretsOfApplication>(p => p.GetRequiredService<ApplicationDirectory>().SecretsOf);
        services.AddSingleton<CallbackSender>();
        services.AddHostedService(p => p.GetRequiredService<CallbackSender>());
        return services;
    }

    private static HostConnector Connector(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<CallbackOptions>>().Value;
        var time = services.GetRequiredService<TimeProvider>();
        return new(new(services.GetRequiredService<ResolveName>(), options.Lookups, options.LookupTimeout, time), time);
    }

    public static void AddCallbacks(this IBusRegistrationConfigurator bus) => bus.AddConsumer<CallbackConsumer>();

    public static void ConfigureCallbacks(this IRabbitMqBusFactoryConfigurator bus, IBusRegistrationContext context)
    {
        var concurrency = context.GetRequiredService<IOptions<CallbackOptions>>().Value.EventConcurrency;
        bus.ReceiveEndpoint(OtpBusTopology.CallbackQueue, endpoint =>
        {
            // The shared topology defines the queue's bindings; the endpoint declares and binds it in the same way.
            endpoint.ConfigureConsumeTopology = false;
            endpoint.AsWorkQueue(OtpBusTopology.CallbackQueue);
            endpoint.PrefetchCount = 2 * concurrency;
            endpoint.ConcurrentMessageLimit = concurrency;
            endpoint.ConfigureConsumer<CallbackConsumer>(context);
        });
    }
}
