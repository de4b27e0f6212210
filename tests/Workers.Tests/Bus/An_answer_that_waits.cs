using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Contracts;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Outbox;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Bus;

/// <summary>A row of the outbox, until the broker takes it.</summary>
[Collection("servers")]
public sealed class An_answer_that_waits
{
    [Fact]
    public async Task Shows_nothing_of_its_sender_and_comes_with_the_correlation_that_the_sender_gave()
    {
        const string Correlation = "order of +33612246455";
        await using var database = await TestDatabase.CreateAsync();
        await using var broker = await Broker.ConnectAsync();
        await using var host = await BusHost.StartAsync(database);
        await host.UntilConnectedAsync();
        var queue = await broker.DeclareOwnQueueAsync();
        var batch = host.Services.GetRequiredService<IOutbox>().NewBatch();

        batch.Answer(new ReplyRoute(queue, InEnvelope: false, Correlation), new OtpRejected(null, 2001, "invalid_param", "x", null), traceParent: null);

        var row = batch.Messages.ShouldHaveSingleItem();
        row.Headers.ShouldNotBeNull().ShouldNotContain("33612246455");
        var outgoing = host.Services.GetRequiredService<OutboxSerializer>().Read(row);
        await host.Services.GetRequiredService<IOutboxPublisher>().PublishAsync(outgoing, TestContext.Current.CancellationToken);
        (await broker.TakeAsync(queue)).ShouldNotBeNull().BasicProperties.CorrelationId.ShouldBe(Correlation);
    }
}
