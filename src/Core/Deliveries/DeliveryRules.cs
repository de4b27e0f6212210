namespace OtpPipeline.Core.Deliveries;

/// <summary>What follows from what a provider said. Pure.</summary>
public static class DeliveryRules
{
    /// <summary>A provider took it, or may have: the recipient may hold the PIN.</summary>
    public static bool MayHaveArrived(this DeliveryStatus status) =>
        status is DeliveryStatus.Sending or DeliveryStatus.Sent or DeliveryStatus.Delivered or DeliveryStatus.Read
            or DeliveryStatus.Undelivered or DeliveryStatus.Unknown;

    /// <summary>As long as one of these stands, the OTP is not undeliverable.</summary>
    public static bool KeepsAlive(this DeliveryStatus status) =>
        status is DeliveryStatus.Queued or DeliveryStatus.Sending or DeliveryStatus.Sent or DeliveryStatus.Delivered
            or DeliveryStatus.Read or DeliveryStatus.Unknown;

    /// <summary>
    /// Delay before the next attempt of a step: 1 s, doubled each time, at most 30 s, or what the provider asked for if that is
    /// longer; null when the attempts are used up or the OTP would be past its time.
    /// </summary>
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
    /// When a QUEUED delivery is published again: after <paramref name="lostAfter"/>, each time twice as long, so that a backlog is not
    /// multiplied.
    /// </summary>
    public static TimeSpan RepublishAfter(TimeSpan lostAfter, int republished) => lostAfter * Math.Pow(2, Math.Min(republished, 8));
}
