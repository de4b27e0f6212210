using MassTransit;
using Microsoft.Extensions.Options;
using OtpPipeline.Contracts;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Hosting.Bus.Messages;

namespace OtpPipeline.Workers.Commands;

/// <summary>Registers the commands of other systems, one queue each.</summary>
public static class CommandEndpoints
{
    public static void AddCommands(this IBusRegistrationConfigurator bus)
    {
        bus.AddOptions<CommandOptions>().BindConfiguration(CommandOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        bus.AddSingleton<CommandMetrics>();
        bus.AddSingleton<CommandEndpoint>();
        bus.AddSingleton<CommandReader>();
        bus.AddConsumer<RequestOtpConsumer>();
        bus.AddConsumer<VerifyOtpConsumer>();
        bus.AddConsumer<CancelOtpConsumer>();
        bus.AddConsumer<ResendOtpConsumer>();
        bus.AddConsumer<NextOtpConsumer>();
    }

    public static void ConfigureCommands(this IRabbitMqBusFactoryConfigurator bus, IBusRegistrationContext context)
    {
        bus.Commands<RequestOtp, RequestOtpConsumer>(context, OtpBusTopology.RequestOtpQueue);
        bus.Commands<VerifyOtp, VerifyOtpConsumer>(context, OtpBusTopology.VerifyOtpQueue);
        bus.Commands<CancelOtp, CancelOtpConsumer>(context, OtpBusTopology.CancelOtpQueue);
        bus.Commands<ResendOtp, ResendOtpConsumer>(context, OtpBusTopology.ResendOtpQueue);
        bus.Commands<NextOtp, NextOtpConsumer>(context, OtpBusTopology.NextOtpQueue);
    }

    private static void Commands<TCommand, TConsumer>(
        this IRabbitMqBusFactoryConfigurator bus, IBusRegistrationContext context, string queue)
        where TCommand : class
        where TConsumer : class, IConsumer
    {
        var options = context.GetRequiredService<IOptions<CommandOptions>>().Value;
        var reader = context.GetRequiredService<CommandReader>();
        bus.ReceiveEndpoint(queue, endpoint =>
        {
            endpoint.ConfigureConsumeTopology = false;
            endpoint.AsWorkQueue(queue);
            endpoint.PrefetchCount = Math.Max(options.Prefetch, options.Concurrency);
            endpoint.ConcurrentMessageLimit = options.Concurrency;
            endpoint.ReadWith(received => reader.Read<TCommand>(received));
            endpoint.ConfigureConsumer<TConsumer>(context);
        });
    }
}
