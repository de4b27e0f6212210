using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Receipts;

namespace OtpPipeline.Core.Deliveries.Sending;

/// <summary>Applies receipts to locked deliveries. A receipt makes one change, however often it comes.</summary>
internal static class DeliveryReceipts
{
    private const string NoReason = "undelivered";
    private const int MaxReason = 64;

    /// <summary>Returns false where the receipt changes nothing.</summary>
    public static bool Apply(
        OtpChanges changes, DeliveryConsequences consequences, LockedOtp otp, Delivery delivery, Receipt receipt)
    {
        var before = delivery.Status;
        if (DeliveryRules.AfterReceipt(before, receipt.Status) is not { } status)
        {
            return false;
        }

        if (receipt.ProviderMessageId is { Length: > 0 and <= ProviderMessage.MaxId } id)
        {
            delivery.ProviderMessageId ??= id;
        }

        if (before is not (DeliveryStatus.Sent or DeliveryStatus.Delivered))
        {
            // No outcome, or another one, has settled the price: the receipt says that the provider took it.
            consequences.AfterSuccess(changes, otp, delivery);
        }

        if (status == DeliveryStatus.Undelivered)
        {
            changes.Move(otp, delivery, status, ReasonOf(receipt));
            DeliveryConsequences.AfterUndelivered(changes, otp, delivery);
            return true;
        }

        var at = TimeOf(receipt, delivery, changes.Now);
        delivery.DeliveredAt ??= at;
        delivery.ReadAt ??= status == DeliveryStatus.Read ? at : null;
        changes.Move(otp, delivery, status, null);
        if (before is DeliveryStatus.Unknown or DeliveryStatus.Failed or DeliveryStatus.Undelivered)
        {
            DeliveryConsequences.SuppressRepetitions(changes, otp, delivery);
        }

        return true;
    }

    private static string ReasonOf(Receipt receipt) =>
        receipt.Reason is not { Length: > 0 } reason ? NoReason : reason.Length > MaxReason ? reason[..MaxReason] : reason;

    /// <summary>The provider's time, but never before the delivery was made or after now: clocks differ.</summary>
    private static DateTime TimeOf(Receipt receipt, Delivery delivery, DateTime now) =>
        receipt.OccurredAt is not { } at || at > now ? now : at < delivery.CreatedAt ? delivery.CreatedAt : at;
}
