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
    /// <summary>Reads as many OTPs as a work command names, and leaves out those that no row of the database can match.</summary>
    /// <remarks>A forged message may name thousands, each of which would take a place at a provider.</remarks>
    public static List<RequestedDelivery> Read(OtpRequested message, Channel channel)
    {
        var deliveries = new List<RequestedDelivery>();
        Add(message.OtpId, message.Step, message.Route, message.Tried, Activity.Current?.Id, isFurther: false);
        foreach (var further in (message.Further ?? []).Take(DeliveryOptions.MostOtpsPerMessage - 1))
        {
            // A forged message may have null here.
            if (further is not null)
            {
                var trace = ActivityContext.TryParse(further.TraceParent, null, out _) ? further.TraceParent : null;
                Add(further.OtpId, further.Step, further.Route, further.Tried, trace, isFurther: true);
            }
        }

        return deliveries;

        void Add(Guid otpId, int step, string? route, string? tried, string? trace, bool isFurther)
        {
            if (Fits(route, DeliveryRoute.MaxName) && Fits(tried, Delivery.MaxTried))
            {
                deliveries.Add(new(new(otpId, channel, step, route ?? DeliveryRoute.Default, tried ?? ""), trace, isFurther));
            }
        }
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

    /// <summary>Whether a column of this length can have the text: one that PostgreSQL refuses fails the claims of all others.</summary>
    private static bool Fits(string? text, int max) =>
        text is null || (text.Length <= max && !text.Contains('\0', StringComparison.Ordinal));
}
