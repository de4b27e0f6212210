using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.Options;
using OtpPipeline.Contracts;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Hosting.Bus.Messages;

namespace OtpPipeline.Workers.Commands;

/// <summary>The commands of other systems, a queue each.</summary>
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
    }

    public static void ConfigureCommands(this IRabbitMqBusFactoryConfigurator bus, IBusRegistrationContext context)
    {
        bus.Commands<RequestOtp, RequestDraft, RequestOtpConsumer>(context, OtpBusTopology.RequestOtpQueue, RequestDraft.Read);
        bus.Commands<VerifyOtp, VerifyDraft, VerifyOtpConsumer>(context, OtpBusTopology.VerifyOtpQueue, VerifyDraft.Read);
        bus.Commands<CancelOtp, CancelDraft, CancelOtpConsumer>(context, OtpBusTopology.CancelOtpQueue, CancelDraft.Read);
    }

    private static void Commands<TCommand, TDraft, TConsumer>(
        this IRabbitMqBusFactoryConfigurator bus, IBusRegistrationContext context, string queue, Func<JsonElement, TDraft> read)
        where TCommand : class
        where TDraft : class
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
            endpoint.ReadWith(received => reader.Read(received, MessageUrn.ForTypeString<TCommand>(), read));
            endpoint.ConfigureConsumer<TConsumer>(context);
        });
    }
}
