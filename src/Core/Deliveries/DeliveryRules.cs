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

    /// <summary>Delay before the next round of a step; null when no round is left or the OTP would be expired.</summary>
    /// <remarks>1 s, doubled each time, at most 30 s; or the delay that the provider asked for, if that is longer.</remarks>
    public static TimeSpan? NextRound(int round, int maxRounds, TimeSpan? retryAfter, DateTime now, DateTime expiresAt)
    {
        if (round >= maxRounds)
        {
            return null;
        }

        var backoff = TimeSpan.FromSeconds(Math.Min(30, Math.Pow(2, Math.Min(round, 10) - 1)));
        var delay = retryAfter > backoff ? retryAfter.Value : backoff;
        return delay < expiresAt - now ? delay : null;
    }

    /// <summary>The attempt after one that did not succeed; null when none is left, or the OTP would be expired.</summary>
    /// <remarks>
    /// The next provider of the route is asked without delay, once in a round. A round that is over is followed by the next after a delay;
    /// the delay that a provider asked for counts only where the route has no other, or where it is that of all of them.
    /// </remarks>
    /// <param name="last">The attempt that did not succeed.</param>
    /// <param name="providers">The providers of its route.</param>
    /// <param name="another">Whether another provider may succeed at once.</param>
    /// <param name="unusable">Providers that are paused or do not work.</param>
    /// <param name="retryAfter">The delay that the provider asked for; of all providers where no other may succeed.</param>
    /// <param name="maxRounds">Rounds of a step.</param>
    /// <param name="now">The database's clock.</param>
    /// <param name="expiresAt">When the OTP ends.</param>
    public static NextAttempt? Following(
        Delivery last, IReadOnlyList<string> providers, bool another, IReadOnlySet<string> unusable, TimeSpan? retryAfter, int maxRounds,
        DateTime now, DateTime expiresAt)
    {
        var tried = Delivery.ReadTried(last.Tried);
        if (another && last.Provider is { } provider && !tried.Contains(provider, StringComparer.Ordinal))
        {
            tried = [.. tried, provider];
            if (providers.Any(p => !tried.Contains(p, StringComparer.Ordinal) && !unusable.Contains(p)) && now < expiresAt)
            {
                return new(last.Round, string.Join(',', tried), TimeSpan.Zero);
            }
        }

        return NextRound(last.Round, maxRounds, another && providers.Count > 1 ? null : retryAfter, now, expiresAt) is { } delay
            ? new(last.Round + 1, "", delay)
            : null;
    }

    /// <summary>
    /// Delay before a QUEUED delivery is published again: <paramref name="lostAfter"/>, doubled each time, so as not to multiply a backlog.
    /// </summary>
    public static TimeSpan RepublishAfter(TimeSpan lostAfter, int republished) => lostAfter * Math.Pow(2, Math.Min(republished, 8));
}

/// <summary>An attempt that follows another one of the same step.</summary>
/// <param name="Round">Round of the route, from 1.</param>
/// <param name="Tried">Providers tried in this round, with commas between.</param>
/// <param name="Delay">Time until it is due.</param>
public sealed record NextAttempt(int Round, string Tried, TimeSpan Delay);
