using System.Text.Json;
using MassTransit;
using OtpPipeline.Contracts;
using OtpPipeline.Pipeline.Tests.Commands;
using OtpPipeline.Pipeline.Tests.Harness;
using RabbitMQ.Client;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Bus;

/// <summary>A user with the rights that docs/bus.md gives: clients need no more, and nothing else is open.</summary>
public sealed class Least_rights_on_the_broker(GuardedBus bus) : IClassFixture<GuardedBus>
{
    private static readonly Dictionary<string, Func<IChannel, Guid, Guid, Task>> Acts = new(StringComparer.Ordinal)
    {
        ["the default exchange"] = (c, _, other) => PublishAsync(c, "", $"otp-replies.{other}.x"),
        ["work commands"] = (c, _, _) => PublishAsync(c, "otp-requested", "sms"),
        ["feedback to providers"] = (c, _, _) => PublishAsync(c, "otp-feedback", ""),
        ["false events"] = (c, shop, _) => PublishAsync(c, "otp-status-changed", shop.ToString()),
        ["another application's events"] = (c, shop, other) => BindAsync(c, shop, other.ToString()),
        ["all events"] = (c, shop, _) => BindAsync(c, shop, "#"),
        ["the events that become callbacks"] = (c, shop, _) => BindAsync(c, shop, "otp-callbacks"),
        ["the callbacks' queue"] = (c, _, _) => c.BasicGetAsync("otp-callbacks", autoAck: true),
        ["the feedback's queue"] = (c, _, _) => c.BasicGetAsync("otp-feedback", autoAck: true),
        ["the commands' queue"] = (c, _, _) => c.BasicGetAsync("request-otp", autoAck: true),
        ["another application's replies"] = (c, _, other) =>
            c.QueueDeclareAsync($"otp-replies.{other}.x", durable: false, exclusive: false, autoDelete: true),
        ["an exchange's deletion"] = (c, _, _) => c.ExchangeDeleteAsync("request-otp"),
        ["a queue's deletion"] = (c, _, _) => c.QueueDeleteAsync("request-otp"),
        ["a purge"] = (c, _, _) => c.QueuePurgeAsync("request-otp"),
    };

    [Fact]
    public async Task Are_enough_for_a_plain_client_with_queues_of_its_own()
    {
        var pipeline = await bus.WithUserAsync();
        await using var client = await AmqpClient.ConnectAsync(
            pipeline, bus.UserOf(pipeline), $"otp-replies.{bus.Shop}.{Guid.NewGuid():N}");

        var accepted = await CallAsync(client, "request-otp", ("phoneNumber", Recipients.Next()));

        accepted.Type.ShouldBe("OtpAccepted", accepted.Text);
        (await CallAsync(client, "verify-otp", ("otpId", accepted.OtpId), ("pin", "WRONG"))).Code.ShouldBe(2029);
        (await CallAsync(client, "cancel-otp", ("otpId", accepted.OtpId))).Type.ShouldBe("OtpCancelled");
    }

    [Fact]
    public async Task Are_enough_for_Python()
    {
        var pipeline = await bus.WithUserAsync();
        await Commands_from_Python.RunAsync(bus.UserOf(pipeline), bus.Shop, bus.SandboxOf(pipeline));
    }

    [Fact]
    public async Task Are_enough_for_MassTransit_as_the_page_sets_it_up()
    {
        var pipeline = await bus.WithUserAsync();
        using var rest = new Client(GuardedBus.KeyOf(bus.Shop), () => [pipeline.Apis[0].Address]);

        await new GuardedClient().RunAsync(
            bus.UserOf(pipeline), bus.User, bus.Shop, link => RequestAsync(link, bus.Shop), id => rest.CancelAsync(id));
    }

    public static TheoryData<string> Refused => [.. Acts.Keys];

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Open_nothing_else(string what)
    {
        var pipeline = await bus.WithUserAsync();
        await using var connection = await new ConnectionFactory { Uri = bus.UserOf(pipeline) }.CreateConnectionAsync(
            TestContext.Current.CancellationToken);
        var options = new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);
        await using var channel = await connection.CreateChannelAsync(options, TestContext.Current.CancellationToken);

        await Should.ThrowAsync<Exception>(() => Acts[what](channel, bus.Shop, bus.Other));

        channel.CloseReason.ShouldNotBeNull(what).ReplyCode.ShouldBe((ushort)403, what);
    }

    [Theory]
    [InlineData("otp-replies.OTHER.x")]
    [InlineData("otp-callbacks")]
    [InlineData("request-otp")]
    [InlineData("somebodys-queue")]
    public async Task Keep_answers_out_of_queues_that_may_be_somebody_elses(string replyTo)
    {
        var pipeline = await bus.WithUserAsync();
        await using var client = await AmqpClient.ConnectAsync(pipeline, bus.UserOf(pipeline));
        const string Reason = "unreadable: the reply address is not a queue of the sender's applications";
        Task<long> CountAsync() => pipeline.Database.CountAsync("dead_letters WHERE queue = 'request-otp' AND reason = $1", Reason);
        var before = await CountAsync();
        var properties = new BasicProperties
        {
            MessageId = Guid.NewGuid().ToString(),
            UserId = bus.User,
            ReplyTo = replyTo.Replace("OTHER", bus.Other.ToString(), StringComparison.Ordinal),
        };
        var recipient = Recipients.Next();

        await client.SendAsync(
            "request-otp", JsonSerializer.Serialize(client.Command(("applicationId", bus.Shop), ("phoneNumber", recipient))), properties);

        await Eventually.Until(async () => await CountAsync() == before + 1, "the command is put aside");
        (await bus.SandboxOf(pipeline).MessagesAsync(recipient)).ShouldBeEmpty();
    }

    private static async Task<Guid> RequestAsync(IBus link, Guid application)
    {
        var answer = await link.CreateRequestClient<RequestOtp>()
            .GetResponse<OtpAccepted, OtpRejected>(new RequestOtp(application, PhoneNumber: Recipients.Next()));
        answer.Is(out Response<OtpAccepted>? accepted).ShouldBeTrue();
        return accepted!.Message.OtpId;
    }

    private Task<AmqpAnswer> CallAsync(AmqpClient client, string queue, params (string, object?)[] fields) =>
        client.CallAsync(queue, client.Command([("applicationId", bus.Shop), .. fields]), adjust: p => p.UserId = bus.User);

    private static async Task PublishAsync(IChannel channel, string exchange, string routingKey) =>
        await channel.BasicPublishAsync(exchange, routingKey, mandatory: true, new BasicProperties(), "{}"u8.ToArray());

    private static async Task BindAsync(IChannel channel, Guid application, string key)
    {
        var queue = $"otp-events.{application}.{Guid.NewGuid():N}";
        await channel.QueueDeclareAsync(queue, durable: false, exclusive: false, autoDelete: true);
        await channel.QueueBindAsync(queue, "otp-status-changed", key);
    }
}
