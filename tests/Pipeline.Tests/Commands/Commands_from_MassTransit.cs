using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OtpPipeline.Contracts;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Commands;

/// <summary>A client that knows the contracts, with every right; its queue for answers has the application's name.</summary>
[Collection(nameof(SharedPipeline))]
public sealed class Commands_from_MassTransit(SharedPipeline shared)
{
    [Fact]
    public async Task Requests_verifies_and_cancels_by_request_client()
    {
        var pipeline = await shared.GetAsync();
        using var host = await StartAsync(pipeline);
        var bus = host.Services.GetRequiredService<IBus>();
        var recipient = Recipients.Next();

        var answer = await bus.CreateRequestClient<RequestOtp>().GetResponse<OtpAccepted, OtpRejected>(
            new RequestOtp(
                pipeline.ApplicationId, PhoneNumber: recipient, Ttl: 120,
                Metadata: new Dictionary<string, string>(StringComparer.Ordinal) { ["Order"] = "1" }));
        answer.Is(out Response<OtpAccepted>? accepted).ShouldBeTrue();
        accepted!.Message.Metadata!["Order"].ShouldBe("1");
        (accepted.Message.DateExpires - accepted.Message.DateCreated).ShouldBe(TimeSpan.FromSeconds(120));
        accepted.Host?.MachineName.ShouldBeNullOrEmpty("an answer names no host of ours");

        var otp = accepted.Message.OtpId;
        var verification = bus.CreateRequestClient<VerifyOtp>();
        var refused = await verification.GetResponse<OtpVerified, OtpRejected>(new VerifyOtp(pipeline.ApplicationId, otp, "wrong"));
        refused.Is(out Response<OtpRejected>? rejected).ShouldBeTrue();
        rejected!.Message.ShouldBe(new OtpRejected(otp, 2029, "invalid_pin", "The PIN provided does not verify", AttemptsRemaining: 4));

        var pin = await pipeline.Sandbox.PinAsync(recipient);
        (await verification.GetResponse<OtpVerified, OtpRejected>(new VerifyOtp(pipeline.ApplicationId, otp, pin))).Is(out Response<OtpVerified>? verified).ShouldBeTrue();
        verified!.Message.OtpId.ShouldBe(otp);

        var cancelled = await bus.CreateRequestClient<CancelOtp>()
            .GetResponse<OtpCancelled, OtpRejected>(new CancelOtp(pipeline.ApplicationId, otp));
        cancelled.Is(out Response<OtpRejected>? late).ShouldBeTrue();
        late!.Message.Code.ShouldBe(2031);
        await host.StopAsync();
    }

    [Fact]
    public async Task Sends_to_the_endpoint_by_its_name()
    {
        var pipeline = await shared.GetAsync();
        using var host = await StartAsync(pipeline);
        var recipient = Recipients.Next();

        var endpoint = await host.Services.GetRequiredService<IBus>().GetSendEndpoint(new Uri("exchange:request-otp"));
        await endpoint.Send(new RequestOtp(pipeline.ApplicationId, PhoneNumber: recipient));

        (await pipeline.Sandbox.PinAsync(recipient)).Length.ShouldBe(6);
        await host.StopAsync();
    }

    [Fact]
    public async Task Reads_the_events()
    {
        var pipeline = await shared.GetAsync();
        var seen = new TaskCompletionSource<OtpStatusChanged>(TaskCreationOptions.RunContinuationsAsynchronously);
        Guid wanted = default;
        using var host = await StartAsync(pipeline, bus =>
        {
            bus.Message<OtpStatusChanged>(m => m.SetEntityName("otp-status-changed"));
            bus.Publish<OtpStatusChanged>(p => p.ExchangeType = "topic");
            bus.ReceiveEndpoint($"events-{Guid.NewGuid():N}", e =>
            {
                e.AutoDelete = true;
                e.ConfigureConsumeTopology = false;
                e.UseRawJsonDeserializer(isDefault: true);
                e.Bind("otp-status-changed", b =>
                {
                    b.ExchangeType = "topic";
                    b.RoutingKey = pipeline.ApplicationId.ToString();
                });
                e.Handler<OtpStatusChanged>(c =>
                {
                    if (c.Message.OtpId == wanted)
                    {
                        seen.TrySetResult(c.Message);
                    }

                    return Task.CompletedTask;
                });
            });
        });
        (wanted, _) = await pipeline.WithRequestedOtpAsync();

        await pipeline.Client.CancelAsync(wanted);

        (await seen.Task.WaitAsync(TimeSpan.FromSeconds(20))).Status.ShouldBe("CANCELLED");
        await host.StopAsync();
    }

    private static async Task<IHost> StartAsync(RunningPipeline pipeline, Action<IRabbitMqBusFactoryConfigurator>? configure = null)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });

        // A start that does not wait would miss events: the subscriber's queue is not bound yet.
        builder.Services.AddOptions<MassTransitHostOptions>().Configure(o => o.WaitUntilStarted = true);
        builder.Services.AddMassTransit(x => x.UsingRabbitMq((_, bus) =>
        {
            bus.Host(new Uri(pipeline.Broker.ToString().Replace("amqp:", "rabbitmq:", StringComparison.Ordinal)), _ => { });
            bus.OverrideDefaultBusEndpointQueueName($"otp-replies.{pipeline.ApplicationId}.{Guid.NewGuid():N}");
            configure?.Invoke(bus);
        }));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }
}
