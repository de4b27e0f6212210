using System.Diagnostics;
using OtpPipeline.Contracts;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Telemetry;

namespace OtpPipeline.Workers.Deliveries;

/// <summary>One delivery that a work command names.</summary>
/// <param name="Hint">What the command says of it.</param>
/// <param name="TraceParent">W3C trace context of its request; null for none.</param>
/// <param name="IsFurther">Not the first of its command, whose trace is that of the message.</param>
public sealed record RequestedDelivery(DeliveryHint Hint, string? TraceParent, bool IsFurther)
{
    public static List<RequestedDelivery> Read(OtpRequested message, Channel channel)
    {
        var deliveries = new List<RequestedDelivery>(1 + (message.Further?.Count ?? 0))
        {
            new(Hinted(message.OtpId, channel, message.Step, message.Route, message.Tried), Activity.Current?.Id, IsFurther: false),
        };
        foreach (var further in message.Further ?? [])
        {
            // A forged message may have null here.
            if (further is not null)
            {
                var trace = ActivityContext.TryParse(further.TraceParent, null, out _) ? further.TraceParent : null;
                deliveries.Add(new(Hinted(further.OtpId, channel, further.Step, further.Route, further.Tried), trace, IsFurther: true));
            }
        }

        return deliveries;
    }

    /// <summary>Begins what belongs to the trace of its request, up to the end of the calling method.</summary>
    public Activity? Follow()
    {
        if (!IsFurther)
        {
            return null;
        }

        Activity.Current = null;
        return ActivityContext.TryParse(TraceParent, null, isRemote: true, out var request)
            ? WorkerTelemetry.Source.StartActivity("otp deliver", ActivityKind.Consumer, request)
            : null;
    }

    private static DeliveryHint Hinted(Guid otpId, Channel channel, int step, string? route, string? tried) =>
        new(otpId, channel, step, route ?? DeliveryRoute.Default, tried ?? "");
}
