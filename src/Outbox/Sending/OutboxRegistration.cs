using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace OtpPipeline.Outbox.Sending;

public static class OutboxRegistration
{
    /// <summary>
    /// Adds the outbox. Call it after AddMassTransit, so that a stop ends the outbox before the bus. Needs an <see cref="IOutboxStore"/>;
    /// options come from section <c>Outbox</c>.
    /// </summary>
    public static IServiceCollection AddOutbox(this IServiceCollection services, Action<OutboxSetup> configure) =>
        services.AddOutbox((setup, _) => configure(setup));

    /// <summary>Adds the outbox with a setup that needs services.</summary>
    public static IServiceCollection AddOutbox(this IServiceCollection services, Action<OutboxSetup, IServiceProvider> configure)
    {
        services.AddOptions<OutboxOptions>().BindConfiguration(OutboxOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IOutboxPublisher, MassTransitPublisher>();
        services.AddSingleton(provider =>
        {
            var setup = new OutboxSetup();
            configure(setup, provider);
            return setup;
        });
        services.AddSingleton<OutboxSerializer>();
        services.AddSingleton<OutboxTelemetry>();
        services.AddSingleton<BrokerHealth>();
        services.AddSingleton<OutboxSender>();
        services.AddSingleton<ConfirmedRows>();
        services.AddSingleton<OutboxDispatcher>();
        services.AddSingleton<OutboxSweeper>();
        services.AddSingleton<IOutbox, TransactionalOutbox>();
        services.AddHostedService(provider => provider.GetRequiredService<OutboxDispatcher>());
        services.AddHostedService(provider => provider.GetRequiredService<OutboxSweeper>());
        return services;
    }

    private sealed class TransactionalOutbox(
        OutboxSerializer serializer,
        OutboxDispatcher dispatcher,
        OutboxSweeper sweeper,
        BrokerHealth health,
        IOptions<OutboxOptions> options,
        TimeProvider time) : IOutbox
    {
        public OutboxBatch NewBatch() => new(serializer, time, options.Value.Lease, dispatcher.LeaseId);

        public void Dispatch(OutboxBatch batch) => dispatcher.Enqueue(batch);

        public bool IsReady => health.IsReady;

        public void Wake() => sweeper.Wake();
    }
}
