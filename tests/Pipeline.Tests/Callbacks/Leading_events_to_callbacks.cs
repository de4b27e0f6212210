using System.Text.Json;
using OtpPipeline.Pipeline.Tests.Harness;
using RabbitMQ.Client;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Callbacks;

/// <summary>Beside the pipeline's own queue stands another, bound as that one is.</summary>
[Collection(nameof(CallbackPipeline))]
public sealed class Leading_events_to_callbacks(CallbackPipeline shared)
{
    [Fact]
    public async Task Takes_only_what_can_become_one_and_leaves_no_trace_for_other_subscribers()
    {
        var pipeline = await shared.GetAsync();
        await using var connection = await new ConnectionFactory { Uri = pipeline.Broker }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var (callbacks, everything) = (await WithQueueAsync(channel, "otp-callbacks"), await WithQueueAsync(channel, "#"));

        var silent = await pipeline.RequestAsync(new { phoneNumber = Recipients.Next() });
        var calling = await pipeline.RequestAsync(new { phoneNumber = Recipients.Next(), otpCallbackUrl = "http://127.0.0.1:1/nobody" });
        foreach (var otpId in new[] { silent, calling })
        {
            await pipeline.UntilDeliveryAsync(otpId, "SENT");
            (await pipeline.Client.CancelAsync(otpId)).Status.ShouldBe(200);
        }

        // The broker puts an event into all its queues at once: what the subscriber of everything has, the others have or will never have.
        await pipeline.Events.UntilGapFreeAsync(pipeline.Database, [silent, calling]);
        var all = await ReadAsync(channel, everything);
        var led = await ReadAsync(channel, callbacks);

        all.Select(e => e.OtpId).ShouldContain(silent);
        led.Select(e => e.OtpId).ShouldNotContain(silent);
        led.Where(e => e.OtpId == calling).Distinct().ShouldBe([("otp-status-changed", calling)]);
    }

    [Fact]
    public async Task Wakes_without_an_event_where_the_application_wants_none()
    {
        var pipeline = await shared.GetAsync();
        await using var connection = await new ConnectionFactory { Uri = pipeline.Broker }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var (everything, callbacks) = (await WithQueueAsync(channel, "#"), (await channel.QueueDeclareAsync()).QueueName);
        await channel.QueueBindAsync(callbacks, "otp-callbacks", "");
        using var quiet = new Client(CallbackPipeline.QuietKey, () => [pipeline.Apis[0].Address]);
        await using var subscriber = await Subscriber.StartAsync();

        var answer = await quiet.RequestAsync(new { phoneNumber = Recipients.Next(), otpCallbackUrl = subscriber.Url("/quiet") });
        (await quiet.CancelAsync(answer.OtpId)).Status.ShouldBe(200);

        (await subscriber.UntilAsync("/quiet", 1)).Single().ShouldSatisfyAllConditions(
            c => c.OtpId.ShouldBe(answer.OtpId), c => c.Status.ShouldBe("CANCELLED"));
        await Eventually.Until(
            async () => (await ReadAsync(channel, callbacks)).Contains(("otp-callbacks", answer.OtpId)), "its own message wakes a worker");
        await Eventually.Until(async () => await pipeline.Database.CountAsync("outbox_messages") == 0, "everything is published");
        (await ReadAsync(channel, everything)).Select(e => e.OtpId).ShouldNotContain(answer.OtpId);
    }

    private static async Task<string> WithQueueAsync(IChannel channel, string key)
    {
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        foreach (var exchange in new[] { "otp-status-changed", "otp-delivery-changed" })
        {
            await channel.QueueBindAsync(queue, exchange, key);
        }

        return queue;
    }

    private static async Task<List<(string Exchange, Guid OtpId)>> ReadAsync(IChannel channel, string queue)
    {
        var read = new List<(string, Guid)>();
        while (await channel.BasicGetAsync(queue, autoAck: true) is { } message)
        {
            (message.BasicProperties.Headers?.Keys ?? []).ShouldNotContain(name => name == "BCC" || name == "otp-callback");
            read.Add((message.Exchange, JsonDocument.Parse(message.Body).RootElement.GetProperty("otpId").GetGuid()));
        }

        return read;
    }
}
