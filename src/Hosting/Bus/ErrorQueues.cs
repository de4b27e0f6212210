using MassTransit;
using MassTransit.RabbitMqTransport;
using OtpPipeline.Core.DeadLetters;
using OtpPipeline.Hosting.Bus.Messages;
using RabbitMQ.Client;

namespace OtpPipeline.Hosting.Bus;

/// <summary>Moves a message that cannot be handled to the dead letters and to an error queue.</summary>
/// <remarks>The table of dead letters holds it encrypted, for a replay. The error queue of its queue holds it without its secrets,
/// for an operator with a broker's tools.</remarks>
internal sealed class ErrorQueues(DeadLetterStore box, DatabaseCircuitBreaker database)
{
    private static readonly Dictionary<string, object?> Arguments = new(StringComparer.Ordinal) { ["x-queue-type"] = "quorum" };

    public async Task PutAsideAsync(ReceiveContext context, string reason)
    {
        var queue = QueueOf(context.InputAddress);
        var body = context.Body.GetBytes();
        var properties = OriginalMessages.PropertiesOf(context);
        var original = OriginalMessages.From(properties, body);
        var id = await database.RunAsync(() => box.KeepAsync(queue, reason, original, OriginalMessages.SafeHeadersOf(properties)));

        if (!context.TryGetPayload<ChannelContext>(out var channel))
        {
            throw new TransportException(context.InputAddress, "The message came over no channel.");
        }

        await channel.QueueDeclare(
            queue + OtpBusTopology.ErrorSuffix, true, false, false, new Dictionary<string, object?>(Arguments, StringComparer.Ordinal),
            CancellationToken.None);
        await channel.BasicPublishAsync(
            "", queue + OtpBusTopology.ErrorSuffix, true, PropertiesOf(id, reason), RedactedBody.From(body), true, CancellationToken.None);
    }

    public static string QueueOf(Uri inputAddress) => Uri.UnescapeDataString(inputAddress.AbsolutePath.Split('/')[^1]);

    /// <summary>Copies no property of the sender, which may hold a recipient, and nothing of this host.</summary>
    private static BasicProperties PropertiesOf(Guid deadLetterId, string reason) => new()
    {
        MessageId = deadLetterId.ToString(),
        ContentType = "application/json",
        Persistent = true,
        Headers = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            [MessageHeaders.Reason] = "fault",
            [MessageHeaders.FaultMessage] = reason,
        },
    };
}
