using System.Text.Json.Serialization;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OtpPipeline.Contracts;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Callbacks.Sending;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Hosting.Bus.Connection;
using OtpPipeline.Hosting.Bus.Messages;
using OtpPipeline.Outbox;
using OtpPipeline.Outbox.Sending;
using RabbitMQ.Client.Exceptions;

namespace OtpPipeline.Hosting.Bus;

/// <summary>Registers the bus, which both hosts use.</summary>
public static class OtpBus
{
    /// <summary>Omits the headers that name this host and repeat AMQP's own properties.</summary>
    private const RawSerializerOptions PlainJson = RawSerializerOptions.Default & ~RawSerializerOptions.AddTransportHeaders;

    /// <summary>Adds MassTransit on RabbitMQ with the whole topology, and the outbox that sends through it.</summary>
    /// <remarks>An unavailable broker delays neither the start nor a request: health reports Degraded, and messages wait in the outbox.
    /// Requires a storage.</remarks>
    /// <param name="builder">The host.</param>
    /// <param name="consumers">Adds the host's consumers.</param>
    /// <param name="endpoints">Assigns them to queues.</param>
    public static IHostApplicationBuilder AddOtpBus(
        this IHostApplicationBuilder builder,
        Action<IBusRegistrationConfigurator>? consumers = null,
        Action<IBusRegistrationContext, IRabbitMqBusFactoryConfigurator>? endpoints = null)
    {
        var services = builder.Services;
        var connectionName = $"OtpPipeline ({builder.Environment.ApplicationName})";
        services.AddOptions<RabbitMqOptions>().BindConfiguration(RabbitMqOptions.Section).ValidateDataAnnotations()
            .Validate<IConfiguration>((_, c) => string.IsNullOrEmpty(c[$"{RabbitMqOptions.Section}:Hosts"]), RabbitMqOptions.HostsAreAList)
            .ValidateOnStart();
        services.AddSingleton<DatabaseCircuitBreaker>();
        services.AddSingleton<ErrorQueues>();
        services.AddSingleton<MessageReplay>();
        services.AddSingleton<BrokerProblems>();
        services.AddSingleton<BrokerWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<BrokerWatch>());
        services.AddSingleton<BusReadiness>();
        services.AddSingleton<DirectReplies>();
        services.AddSingleton<DatabaseProbe>(provider =>
        {
            var contexts = provider.GetRequiredService<IDbContextFactory<OtpDbContext>>();
            return async cancellationToken =>
            {
                await using var context = await contexts.CreateDbContextAsync(cancellationToken);
                return await context.Database.CanConnectAsync(cancellationToken);
            };
        });

        services.AddMassTransit(x =>
        {
            x.DisableUsageTelemetry();
            x.ConfigureHealthCheckOptions(o => o.MinimalFailureStatus = HealthStatus.Degraded);
            consumers?.Invoke(x);
            x.UsingRabbitMq((context, bus) =>
            {
                Connect(bus, context.GetRequiredService<IOptions<RabbitMqOptions>>().Value, connectionName);
                bus.UseRawJsonSerializer(PlainJson, isDefault: true);
                bus.ConfigureJsonSerializerOptions(o =>
                {
                    o.NumberHandling = JsonNumberHandling.AllowReadingFromString;
                    o.WriteIndented = false;
                    return o;
                });
                bus.ConnectEndpointConfigurationObserver(new SharedEndpointRules(context.GetRequiredService<ErrorQueues>()));
                bus.DeclareOtpTopology();
                endpoints?.Invoke(context, bus);
            });
        });

        services.RemoveMassTransitHostedService();
        services.AddHostedService<BusLifetime>();

        // Registered after the bus, so that a stop ends the outbox first, while the bus can still send.
        services.AddOutbox((setup, provider) =>
        {
            var secrets = provider.GetRequiredService<OtpSecrets>();
            setup.Encrypt = secrets.EncryptOutboxBody;
            setup.Decrypt = secrets.DecryptOutboxBody;
            setup.Json = ContractsJson.Default.Options;
            setup.Map<OtpRequested>(DeliveryRecovery.WorkCommand);
            setup.Map<FeedbackDue>(DeliveryFeedback.Command);
            setup.Map<CallbackDue>(CallbackClaims.Command);

            // They carry what the client attached.
            setup.Map<OtpStatusChanged>("otp-status-changed", encrypted: true);
            setup.Map<OtpDeliveryChanged>("otp-delivery-changed", encrypted: true);
            setup.Map<OtpAccepted>("otp-accepted", encrypted: true);
            setup.Map<OtpVerified>("otp-verified", encrypted: true);
            setup.Map<OtpCancelled>("otp-cancelled", encrypted: true);
            setup.Map<OtpResent>("otp-resent");
            setup.Map<OtpStepStarted>("otp-step-started");
            setup.Map<OtpRejected>("otp-rejected");
            setup.EncryptHeader(Answers.CorrelationHeader);
            setup.OnSend = context =>
            {
                RequireQueue(context);
                Answers.Address(context);
                CallbackRouting.Route(context);
            };
            var replies = provider.GetRequiredService<DirectReplies>();
            setup.IsAwaited = (row, cancellationToken) => row.RoutingKey?.StartsWith(DirectReplies.Prefix, StringComparison.Ordinal) == true
                ? replies.IsAwaitedAsync(row.RoutingKey, cancellationToken)
                : Task.FromResult(true);
            setup.IsBrokerDown = IsBrokerDown;

            // A full queue refuses the message. MassTransit takes that for a lost connection, so one tenant's full answer queue would stop
            // the messages of all tenants.
            setup.IsRefused = static failure => failure is RabbitMQ.Client.Exceptions.PublishException;
            setup.OnFailed = failure =>
            {
                var watch = provider.GetRequiredService<BrokerWatch>();
                if (failure.GetBaseException() is PublishReturnException returned)
                {
                    watch.Returned(returned.Exchange);
                }
                else if (BrokerWatch.WhatIsMissing(failure) is { } missing)
                {
                    watch.NotFound(missing);
                }
            };
            var readiness = provider.GetRequiredService<BusReadiness>();
            setup.IsReady = () => readiness.IsReady;
        });
        return builder;
    }

    /// <summary>A work command that no queue accepts must fail visibly instead of being dropped.</summary>
    private static void RequireQueue(SendContext context)
    {
        if (context.TryGetPayload<RabbitMqSendContext>(out var rabbit))
        {
            rabbit.Mandatory = rabbit.Exchange is OtpBusTopology.OtpRequestedExchange or OtpBusTopology.FeedbackQueue;
        }
    }

    /// <summary>True where the broker is unavailable or closed the connection.</summary>
    /// <remarks>A closed channel (codes 403 to 406) concerns the message only.</remarks>
    private static bool IsBrokerDown(Exception failure) => failure switch
    {
        BrokerUnreachableException => true,
        OperationInterruptedException { ShutdownReason.ReplyCode: >= 400 and < 500 } => false,
        OperationInterruptedException => true,
        _ => false,
    };

    private static void Connect(IRabbitMqBusFactoryConfigurator bus, RabbitMqOptions options, string connectionName)
    {
        var address = options.Resolve();
        var tls = BrokerTls.Read(options, []);
        bus.Host(address.Nodes[0].Host, address.Nodes[0].Port, address.VirtualHost, connectionName, host =>
        {
            host.Username(address.Username);
            host.Password(address.Password);
            host.Heartbeat(TimeSpan.FromSeconds(10));

            // MassTransit's own UseCluster checks the certificates of all nodes against one name.
            host.OnRefreshConnectionFactory = factory =>
            {
                factory.EndpointResolverFactory = _ => address.CreateResolver(tls);
                return Task.CompletedTask;
            };
        });
    }
}
