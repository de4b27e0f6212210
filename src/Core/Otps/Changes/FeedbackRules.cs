using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Core.Otps.Changes;

/// <summary>What a provider is told of one of its messages.</summary>
/// <param name="DeliveryId">The delivery.</param>
/// <param name="Channel">How it was sent.</param>
/// <param name="Provider">The provider that took it.</param>
/// <param name="MessageId">The provider's id of the message.</param>
/// <param name="Verified">The OTP was verified; false when it expired.</param>
/// <param name="EndedAt">When that was.</param>
public sealed record MessageFeedback(Guid DeliveryId, Channel Channel, string Provider, string MessageId, bool Verified, DateTime EndedAt);

/// <summary>Decides which provider is told of the end of an OTP. Pure.</summary>
public static class FeedbackRules
{
    /// <summary>The feedback that an OTP owes for its newest message that may have arrived; null for none.</summary>
    /// <remarks>A cancelled OTP, and one that failed, says nothing about its messages.</remarks>
    public static MessageFeedback? Decide(Otp otp, IEnumerable<Delivery> deliveries, FeedbackProviders providers)
    {
        bool? verified = otp switch
        {
            { Status: OtpStatus.Verified } => true,
            { Status: OtpStatus.Expired, Reason: OtpReason.NotVerified } => false,
            _ => null,
        };
        if (verified is not { } told || providers.IsEmpty
            || deliveries.Where(MayHaveArrived).MaxBy(d => (d.CreatedAt, d.Step, d.Attempt)) is not { ProviderMessageId: { } id } newest
            || !providers.Want(newest.Provider, told))
        {
            return null;
        }

        return new(newest.Id, newest.Channel, newest.Provider!, id, told, otp.FinalAt!.Value);
    }

    /// <summary>Without its answer, only a message id shows that the provider took the message.</summary>
    private static bool MayHaveArrived(Delivery delivery) =>
        delivery.Status is DeliveryStatus.Sent or DeliveryStatus.Delivered or DeliveryStatus.Read
            || delivery is { Status: DeliveryStatus.Unknown, ProviderMessageId: not null };
}
