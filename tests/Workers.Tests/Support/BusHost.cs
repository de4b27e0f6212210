using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OtpPipeline.Contracts;
using OtpPipeline.Core;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Outbox;
using OtpPipeline.Storage.Postgres;

namespace OtpPipeline.Workers.Tests.Support;

/// <summary>A host with the bus and without the workers' consumers, as the Api is.</summary>
internal sealed class BusHost : IAsyncDisposable
{
    private readonly IHost _host;

    private BusHost(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public static async Task<BusHost> StartAsync(
        TestDatabase database,
        Action<IBusRegistrationConfigurator>? consumers = null,
        Action<IBusRegistrationContext, IRabbitMqBusFactoryConfigurator>? endpoints = null,
        Dictionary<string, string?>? settings = null)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(await Settings.FromAsync(database));
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Logging.ClearProviders();
        builder.Services.AddPostgresStorage(database.ConnectionString);
        builder.Services.AddOtpCore();
        builder.AddOtpBus(consumers, endpoints);
        var host = builder.Build();
        await host.StartAsync();
        return new(host);
    }

    /// <summary>Waits for the broker, and with it for the whole topology.</summary>
    public Task UntilConnectedAsync() => Eventually.Until(
        () => Task.FromResult(Services.GetRequiredService<IBusControl>().CheckHealth().Status == BusHealthStatus.Healthy), "the bus is up");

    /// <summary>Publishes as the outbox does, and answers when the broker has confirmed.</summary>
    public async Task PublishAsync<T>(T message, string routingKey)
        where T : class
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var batch = Services.GetRequiredService<IOutbox>().NewBatch();
        batch.Publish(message, routingKey);
        var outgoing = Services.GetRequiredService<OutboxSerializer>().Read(batch.Messages[0]);
        await Services.GetRequiredService<IOutboxPublisher>().PublishAsync(outgoing, patience.Token);
    }

    /// <summary>A work command of a channel, under an OTP that does not exist.</summary>
    public Task PublishWorkAsync(string channel) => PublishAsync(new OtpRequested(Guid.CreateVersion7(), channel, 1), channel);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
