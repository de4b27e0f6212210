using MassTransit;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Hosting.Bus;

namespace OtpPipeline.Workers.Callbacks;

/// <summary>OtpStatusChanged and OtpDeliveryChanged as one: the two share a queue, and a plain body does not say which it is.</summary>
[ExcludeFromTopology]
public sealed record OtpEvent(
    Guid OtpId,
    Guid ApplicationId,
    Guid? DeliveryId,
    string? Channel,
    string? Provider,
    int? Step,
    int? Attempt,
    string? Status,
    string? Reason,
    long Sequence,
    DateTime OccurredAt)
{
    public OtpChange ToChange() => DeliveryId is { } delivery
        ? new(OtpId, ApplicationId, null, null, new(delivery, Channel ?? "", Provider ?? "", Step ?? 1, Attempt ?? 1, Status ?? "", Reason), Sequence, OccurredAt.ToUniversalTime())
        : new(OtpId, ApplicationId, Status, Reason, null, Sequence, OccurredAt.ToUniversalTime());
}

/// <summary>Makes a callback of each change that the application wants to know, and hands it to the sender once it is stored.</summary>
public sealed partial class CallbackConsumer(
    CallbackCreation callbacks, CallbackSender sender, ApplicationDirectory applications, DatabaseGate database, CallbackMetrics metrics, ILogger<CallbackConsumer> logger)
    : IConsumer<OtpEvent>
{
    public async Task Consume(ConsumeContext<OtpEvent> context)
    {
        var change = context.Message.ToChange();
        if (change.OtpId == Guid.Empty || change.Sequence < 1 || context.Message.Status is null)
        {
            Log.NoEvent(logger, context.MessageId);
            return;
        }

        if (change.Delivery is not null && !await WantsDeliveriesAsync(change.ApplicationId))
        {
            return;
        }

        var messageId = MessageIdOf(context) ?? $"{change.OtpId:N}:{change.Sequence}";
        var created = await database.RunAsync(() => callbacks.CreateAsync(change, messageId, OtpBusTopology.CallbackQueue, CancellationToken.None));
        if (created is not null)
        {
            metrics.Created();
            sender.Hand(created);
        }
    }

    /// <summary>One made a moment ago may not be known here yet.</summary>
    private async Task<bool> WantsDeliveriesAsync(Guid applicationId)
    {
        if (applications.Find(applicationId) is not { } application)
        {
            await database.RunAsync(async () =>
            {
                await applications.RefreshAsync(CancellationToken.None);
                return true;
            });
            application = applications.Find(applicationId);
        }

        return application?.Settings.CallbackEvents == CallbackEvents.All;
    }

    private static string? MessageIdOf(ConsumeContext context) =>
        context.ReceiveContext.TryGetPayload<RabbitMqBasicConsumeContext>(out var rabbit) && rabbit.Properties.MessageId is { Length: > 0 and <= 255 } raw ? raw : null;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Message {MessageId} on the queue of callbacks is no event of an OTP")]
        public static partial void NoEvent(ILogger logger, Guid? messageId);
    }
}
