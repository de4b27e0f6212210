namespace OtpPipeline.Core.Deliveries;

/// <summary>When a delivery reached its statuses; each time is written once.</summary>
/// <param name="SentAt">When we knew that the provider has it, by the database's clock.</param>
/// <param name="DeliveredAt">When it arrived, by the provider's clock where the receipt tells it.</param>
/// <param name="ReadAt">When it was read, likewise.</param>
public readonly record struct DeliveryTimes(DateTime? SentAt, DateTime? DeliveredAt, DateTime? ReadAt)
{
    /// <summary>The times that were known when the delivery had this status, even if others came later.</summary>
    public DeliveryTimes AsOf(DeliveryStatus status) => new(
        status is DeliveryStatus.Sent or DeliveryStatus.Undelivered or DeliveryStatus.Delivered or DeliveryStatus.Read ? SentAt : null,
        status is DeliveryStatus.Delivered or DeliveryStatus.Read ? DeliveredAt : null,
        status is DeliveryStatus.Read ? ReadAt : null);
}
