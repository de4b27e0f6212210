using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OtpPipeline.Contracts;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Documentation;

/// <summary>Holds the lines of the pages' .NET examples, letter by letter, and runs them.</summary>
public sealed class DotNet_examples(DocumentedPipeline documented)
{
    private readonly ConcurrentQueue<OtpStatusChanged> _events = [];

    [Fact]
    public void Of_callbacks_verify_a_signature()
    {
        var (now, old) = (Signature.Now, Signature.Old);

        Verify(Signature.Secret, Signature.Id, now, Signature.Of(now), Encoding.UTF8.GetBytes(Signature.Body)).ShouldBeTrue();
        Verify(Signature.Secret, Signature.Id, now, Signature.Of(now), Encoding.UTF8.GetBytes(Signature.Body + " ")).ShouldBeFalse();
        Verify(Signature.Secret, Signature.Id, old, Signature.Of(old), Encoding.UTF8.GetBytes(Signature.Body)).ShouldBeFalse();
    }

    [Fact]
    public async Task Of_the_bus_request_an_OTP_and_read_its_events()
    {
        var (pipeline, _) = await documented.GetAsync();
        Environment.SetEnvironmentVariable("OTP_AMQP_URL", pipeline.Broker.ToString());
        using var producer = Started(AddBus);
        using var subscriber = Started(services => services.AddMassTransit(x => x.UsingRabbitMq((_, bus) =>
        {
            bus.Host(pipeline.Broker);
            Subscribe(bus, pipeline.ApplicationId);
        })));
        await producer.StartAsync();
        await subscriber.StartAsync();

        var otpId = await RequestAsync(producer.Services.GetRequiredService<IBus>(), pipeline.ApplicationId);
        await pipeline.Client.CancelAsync(otpId);

        await Eventually.Until(() => _events.Any(e => e.OtpId == otpId && e.Status == "CANCELLED"), "the event has arrived");
        await Task.WhenAll(producer.StopAsync(), subscriber.StopAsync());
    }

    private static IHost Started(Action<IServiceCollection> add)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddOptions<MassTransitHostOptions>().Configure(o => o.WaitUntilStarted = true);
        add(builder.Services);
        return builder.Build();
    }

    private static void AddBus(IServiceCollection services)
    {
        services.AddMassTransit(x => x.UsingRabbitMq((context, bus) => bus.Host(new Uri(Environment.GetEnvironmentVariable("OTP_AMQP_URL")!))));
    }

    private static async Task<Guid> RequestAsync(IBus bus, Guid applicationId)
    {
        var answer = await bus.CreateRequestClient<RequestOtp>()
            .GetResponse<OtpAccepted, OtpRejected>(new RequestOtp(applicationId, PhoneNumber: "+33612246421"));
        if (answer.Is(out Response<OtpRejected>? no)) { Console.WriteLine(no.Message.Message); }

        answer.Is(out Response<OtpAccepted>? accepted).ShouldBeTrue();
        return accepted!.Message.OtpId;
    }

    private void Subscribe(IRabbitMqBusFactoryConfigurator bus, Guid applicationId)
    {
        bus.ReceiveEndpoint("shop-otp-events", e =>
        {
            e.ConfigureConsumeTopology = false;
            e.UseRawJsonDeserializer(isDefault: true);
            e.Bind("otp-status-changed", b => { b.ExchangeType = "topic"; b.RoutingKey = applicationId.ToString(); });
            e.Handler<OtpStatusChanged>(context => HandleAsync(context.Message));
        });
    }

    private Task HandleAsync(OtpStatusChanged changed)
    {
        _events.Enqueue(changed);
        return Task.CompletedTask;
    }

#pragma warning disable IDE0011, CA1305, MA0011 // The page's own lines.
    private static bool Verify(string secret, string id, string timestamp, string signatures, byte[] body)
    {
        if (Math.Abs(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - long.Parse(timestamp)) > 300) return false;
        byte[] text = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        var expected = Encoding.UTF8.GetBytes("v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), text)));
        return signatures.Split(' ').Any(given => CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(given)));
    }
#pragma warning restore IDE0011, CA1305, MA0011
}
