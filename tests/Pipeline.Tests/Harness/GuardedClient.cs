using System.Collections.Concurrent;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OtpPipeline.Contracts;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>MassTransit with the least rights: holds the lines of docs/bus.md, letter by letter.</summary>
internal sealed class GuardedClient
{
    private readonly ConcurrentQueue<OtpStatusChanged> _events = [];

    /// <summary>Requests an OTP, ends it, and waits for the event of that.</summary>
    public async Task RunAsync(Uri address, string user, Guid applicationId, Func<IBus, Task<Guid>> request, Func<Guid, Task> end)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddOptions<MassTransitHostOptions>().Configure(o => o.WaitUntilStarted = true);
        AddBus(builder.Services, address, user, applicationId);
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);

        var otpId = await request(host.Services.GetRequiredService<IBus>());
        await end(otpId);

        await Eventually.Until(() => _events.Any(e => e.OtpId == otpId && e.Status == "CANCELLED"), "the event has arrived");
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private void AddBus(IServiceCollection services, Uri address, string user, Guid applicationId)
    {
        var queue = $"otp-events.{applicationId}.shop";
        services.AddMassTransit(x => x.UsingRabbitMq((context, bus) =>
        {
            bus.Host(address);
            bus.OverrideDefaultBusEndpointQueueName($"otp-replies.{applicationId}.{Guid.NewGuid():N}");
            bus.Message<RequestOtp>(m => m.SetEntityName("request-otp"));
            bus.Publish<RequestOtp>(p => p.Exclude = true);
            bus.ConfigurePublish(p => p.UseExecute(c => c.GetPayload<RabbitMqSendContext>().BasicProperties.UserId = user));
            bus.ReceiveEndpoint(queue, e =>
            {
                e.ConfigureConsumeTopology = false;
                e.UseRawJsonDeserializer(isDefault: true);
                e.ConfigureChannel(c => c.UseExecuteAsync(async channel =>
                {
                    await channel.QueueDeclare(queue, true, false, false, new Dictionary<string, object>(), channel.CancellationToken);
                    await channel.QueueBind(
                        queue, "otp-status-changed", applicationId.ToString(), new Dictionary<string, object>(), channel.CancellationToken);
                }));
                e.Handler<OtpStatusChanged>(context => HandleAsync(context.Message));
            });
        }));
    }

    private Task HandleAsync(OtpStatusChanged changed)
    {
        _events.Enqueue(changed);
        return Task.CompletedTask;
    }
}
