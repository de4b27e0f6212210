using OtpPipeline.Core.Receipts;

namespace OtpPipeline.Core.Deliveries;

/// <summary>Decides what follows a provider's answer. Pure.</summary>
public static class DeliveryRules
{
    /// <summary>A provider accepted it, or may have: the recipient may hold the PIN.</summary>
    public static bool MayHaveArrived(this DeliveryStatus status) =>
        status is DeliveryStatus.Sending or DeliveryStatus.Sent or DeliveryStatus.Delivered or DeliveryStatus.Read
            or DeliveryStatus.Undelivered or DeliveryStatus.Unknown;

    /// <summary>While a delivery has one of these statuses, the OTP is not undeliverable.</summary>
    /// <remarks>That includes UNDELIVERED: a provider had it, and a right PIN proves more than a receipt.</remarks>
    public static bool KeepsAlive(this DeliveryStatus status) => status == DeliveryStatus.Queued || status.MayHaveArrived();

    /// <summary>It has arrived or may still arrive: its step is not over.</summary>
    public static bool KeepsStepOpen(this DeliveryStatus status) => status != DeliveryStatus.Undelivered && status.KeepsAlive();

    /// <summary>The status after a receipt; null where the receipt changes nothing.</summary>
    /// <remarks>READ beats DELIVERED, and both beat every other status, whenever they come. The first UNDELIVERED stands.</remarks>
    public static DeliveryStatus? AfterReceipt(DeliveryStatus status, ReceiptStatus receipt) => (receipt, status) switch
    {
        (_, DeliveryStatus.Queued or DeliveryStatus.Suppressed) => null,
        (ReceiptStatus.Read, not DeliveryStatus.Read) => DeliveryStatus.Read,
        (ReceiptStatus.Delivered, not (DeliveryStatus.Delivered or DeliveryStatus.Read)) => DeliveryStatus.Delivered,
        (ReceiptStatus.Undelivered, DeliveryStatus.Sending or DeliveryStatus.Sent or DeliveryStatus.Unknown) => DeliveryStatus.Undelivered,
        _ => null,
    };

    /// <summary>Delay before the next attempt of a step; null when no attempt is left or the OTP would be expired.</summary>
    /// <remarks>1 s, doubled each time, at most 30 s; or the delay that the provider asked for, if that is longer.</remarks>
    public static TimeSpan? NextAttempt(int attempt, int maxAttempts, TimeSpan? retryAfter, DateTime now, DateTime expiresAt)
    {
        if (attempt >= maxAttempts)
        {
            return null;
        }

        var backoff = TimeSpan.FromSeconds(Math.Min(30, Math.Pow(2, Math.Min(attempt, 10) - 1)));
        var delay = retryAfter > backoff ? retryAfter.Value : backoff;
        return delay < expiresAt - now ? delay : null;
    }

    /// <summary>
    /// Delay before a QUEUED delivery is published again: <paramref name="lostAfter"/>, doubled each time, so as not to multiply a backlog.
    /// </summary>
    public static TimeSpan RepublishAfter(TimeSpan lostAfter, int republished) => lostAfter * Math.Pow(2, Math.Min(republished, 8));
}
