using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Contracts;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Hosting.Bus.Messages;
using OtpPipeline.Outbox;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Hosting.Bus;

/// <summary>A row of the outbox, until a queue takes it.</summary>
public sealed class A_message_that_waits
{
    private static readonly OtpStatusChanged Event = new(
        Guid.NewGuid(), Guid.NewGuid(), null, "VERIFIED", null, 2, DateTime.UnixEpoch, null, 0);

    [Fact]
    public async Task Shows_nothing_of_its_sender_and_comes_with_the_correlation_that_the_sender_gave()
    {
        const string Correlation = "order of +33612246455";
        await using var database = await MigratedDatabase.CreateAsync();
        await using var broker = await Broker.ConnectAsync();
        await using var host = await BusHost.StartAsync(database);
        await host.UntilConnectedAsync();
        var queue = await broker.DeclareOwnQueueAsync();
        var batch = host.Services.GetRequiredService<IOutbox>().NewBatch();

        batch.Answer(
            new ReplyRoute(queue, InEnvelope: false, Correlation), new OtpRejected(null, 2001, "invalid_param", "x", null),
            traceParent: null);

        var row = batch.Messages.ShouldHaveSingleItem();
        row.Headers.ShouldNotBeNull().ShouldNotContain("33612246455");
        var outgoing = host.Services.GetRequiredService<OutboxSerializer>().Read(row);
        await host.Services.GetRequiredService<IOutboxPublisher>().PublishAsync(outgoing, TestContext.Current.CancellationToken);
        (await broker.TakeAsync(queue)).ShouldNotBeNull().BasicProperties.CorrelationId.ShouldBe(Correlation);
    }

    /// <summary>
    /// A process of a node that the broker does not know: RabbitMQ closes the connection that such an address comes over.
    /// </summary>
    [Fact]
    public async Task For_a_forged_direct_reply_address_holds_up_nothing_else_and_is_dropped()
    {
        await using var database = await MigratedDatabase.CreateAsync();
        await using var broker = await Broker.ConnectAsync();
        await using var host = await BusHost.StartAsync(database);
        await host.UntilConnectedAsync();
        var other = await broker.DeclareOwnQueueAsync();
        var forged = $"{DirectReplies.Prefix}{Convert.ToBase64String([131, 88, 118, 0, 9, .. "reply@123"u8, .. new byte[12]])}.UIWU5l+Oj+p/FmCTrdMYjw==";
        DirectReplies.IsAddress(forged).ShouldBeTrue();
        await AnswerAsync(host, forged, 20);

        await AnswerAsync(host, other, 50);

        await Eventually.Until(async () => await broker.CountAsync(other) == 50, "the others arrive");
        await Eventually.Until(
            async () => await database.ScalarAsync<long>("SELECT count(*) FROM outbox_messages") == 0, "the forged ones are dropped");
    }

    [Theory]
    [InlineData("amq.rabbitmq.reply-to.g1h2AA9yZXBseUAxMzE1MDc1ODgAABwBAAAABWsJVzY=.UIWU5l+Oj+p/FmCTrdMYjw==", true)]
    [InlineData("amq.rabbitmq.reply-to.g1h2AA9yZXBseUAxMzE1MDc1ODgAABwBAAAABWsJVzY=", false)]
    [InlineData("amq.rabbitmq.reply-to.g1h2AA9yZXBseUAxMzE1MDc1ODgAABwBAAAABWsJVzY=.key", false)]
    [InlineData("amq.rabbitmq.reply-to.g2dkAA==.UIWU5l+Oj+p/FmCTrdMYjw==", false)]
    [InlineData("amq.rabbitmq.reply-to.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=.UIWU5l+Oj+p/FmCTrdMYjw==", false)]
    [InlineData("amq.rabbitmq.reply-to.!!!", false)]
    [InlineData("otp-replies", false)]
    public void Only_an_address_of_the_brokers_own_making_is_one(string queue, bool isAddress) =>
        DirectReplies.IsAddress(queue).ShouldBe(isAddress);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task For_a_full_queue_holds_up_nothing_else(bool isEvent)
    {
        await using var database = await MigratedDatabase.CreateAsync();
        await using var broker = await Broker.ConnectAsync();
        await using var host = await BusHost.StartAsync(database);
        await host.UntilConnectedAsync();
        var (full, other) = (await broker.DeclareFullQueueAsync(), await broker.DeclareOwnQueueAsync());
        var subscriber = Guid.NewGuid().ToString();
        await broker.BindAsync(full, OtpBusTopology.OtpStatusChangedExchange, subscriber);
        await (isEvent ? CommitAsync(host, 300, b => b.Publish(Event, subscriber)) : AnswerAsync(host, full, 300));
        await Eventually.Until(
            async () => await database.ScalarAsync<long>("SELECT count(*) FROM outbox_messages WHERE attempts > 0") == 300,
            "each error is counted");

        await AnswerAsync(host, other, 50);

        await Eventually.Until(async () => await broker.CountAsync(other) == 50, "the others arrive");
        await Eventually.Until(
            async () => await database.ScalarAsync<long>("SELECT count(*) FROM outbox_messages") == 300, "they leave the outbox");
    }

    private static Task AnswerAsync(BusHost host, string queue, int count) => CommitAsync(host, count, b => b.Answer(
        new ReplyRoute(queue, InEnvelope: false, Correlation: null), new OtpRejected(null, 2001, "invalid_param", "x"), traceParent: null));

    private static async Task CommitAsync(BusHost host, int count, Action<OutboxBatch> add)
    {
        var outbox = host.Services.GetRequiredService<IOutbox>();
        var batch = outbox.NewBatch();
        for (var i = 0; i < count; i++)
        {
            add(batch);
        }

        await using var unit = await host.Services.GetRequiredService<IOtpStore>().BeginAsync(TestContext.Current.CancellationToken);
        await unit.SaveAsync(
            new OtpChanges(batch, default, host.Services.GetRequiredService<OtpSecrets>()), batch.Messages,
            TestContext.Current.CancellationToken);
        outbox.Dispatch(batch);
    }
}
