using MassTransit;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Hosting.Bus;

/// <summary>
/// Leads events to the pipeline's own queue of callbacks: only those that can become one. Most cannot, and one that is dropped after
/// it was stored on a quorum queue and consumed costs as much as one that counts.
/// </summary>
internal sealed class CallbackRouting(ApplicationDirectory applications)
{
    /// <summary>Binds the queue; no application's id, so no subscriber sees a difference.</summary>
    public const string Key = "otp-callbacks";

    // RabbitMQ's list of further routing keys. The broker takes it off, and a queue that two keys lead to gets one message.
    private const string FurtherKeys = "BCC";

    /// <summary>Called with each message before it goes out, whoever sends it: its writer or a sweeper.</summary>
    public void Route(SendContext context)
    {
        if (!context.TryGetPayload<RabbitMqSendContext>(out var rabbit) || !MayBecomeCallback(rabbit))
        {
            return;
        }

        rabbit.BasicProperties.Headers ??= new Dictionary<string, object?>(StringComparer.Ordinal);
        rabbit.BasicProperties.Headers[FurtherKeys] = new List<object> { Key };
    }

    private bool MayBecomeCallback(RabbitMqSendContext context)
    {
        switch (context.Exchange)
        {
            case OtpBusTopology.OtpStatusChangedExchange:
                var never = context.Headers.TryGetHeader(OtpChanges.NoCallbackHeader, out _);
                context.Headers.Set(OtpChanges.NoCallbackHeader, null);
                return !never;
            case OtpBusTopology.OtpDeliveryChangedExchange:
                return WantsDeliveries(context.RoutingKey);
            default:
                return false;
        }
    }

    /// <summary>An application that is not known here yet may: the consumer reads the database again before it decides.</summary>
    private bool WantsDeliveries(string? applicationId) =>
        !Guid.TryParse(applicationId, out var id) || applications.Find(id) is not { } application || application.Settings.CallbackEvents == CallbackEvents.All;
}
