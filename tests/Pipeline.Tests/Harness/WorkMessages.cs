using System.Text.Json;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>Work commands as they lie in the queues.</summary>
internal static class WorkMessages
{
    public static int CountOtps(ReadOnlyMemory<byte> body) =>
        1 + (JsonDocument.Parse(body).RootElement.TryGetProperty("further", out var further) ? further.GetArrayLength() : 0);

    /// <summary>One message that names these OTPs, in their order.</summary>
    public static string Naming(Channel channel, IReadOnlyList<Guid> otps) => JsonSerializer.Serialize(
        new { otpId = otps[0], channel = channel.Text(), step = 1, further = otps.Skip(1).Select(o => new { otpId = o, step = 1 }) });

    /// <summary>Requests OTPs while no worker runs, and leaves one message for all of them in the queue instead of their own.</summary>
    public static async Task<Guid[]> InOneMessageAsync(
        this RunningPipeline pipeline, AmqpClient bus, Channel channel, IReadOnlyList<string> recipients)
    {
        var otps = await pipeline.WithoutMessagesAsync(bus, channel, recipients);
        await bus.SendAsync(OtpBusTopology.QueueOf(channel), Naming(channel, otps));
        return otps;
    }

    /// <summary>Stores one message for all of them, as a transaction would that has just committed and died.</summary>
    public static Task StoreMessageAsync(this RunningPipeline pipeline, Channel channel, Guid[] otps) => pipeline.Database.ExecuteAsync(
        """
        INSERT INTO outbox_messages (id, message_type, correlation_id, routing_key, body, created_at, due_at, attempts)
        VALUES (gen_random_uuid(), 'otp-requested', $1, $2, $3, clock_timestamp(), clock_timestamp(), 0)
        """,
        otps[0], channel.Text(), Naming(channel, otps));

    /// <summary>Requests OTPs while no worker runs, and removes their messages.</summary>
    public static async Task<Guid[]> WithoutMessagesAsync(
        this RunningPipeline pipeline, AmqpClient bus, Channel channel, IReadOnlyList<string> recipients)
    {
        foreach (var worker in pipeline.Workers.Where(w => w.IsRunning))
        {
            await worker.StopAsync();
        }

        var otps = await Load.RunAsync(
            recipients.Count, 16, i => pipeline.RequestAsync(new { channel = channel.Text(), phoneNumber = recipients[i] }));
        await Eventually.Until(async () => await pipeline.Database.CountAsync("outbox_messages") == 0, "the commands are published");
        while (await bus.CountAsync(OtpBusTopology.QueueOf(channel)) > 0)
        {
            await bus.TakeAsync(OtpBusTopology.QueueOf(channel));
        }

        return otps;
    }
}
