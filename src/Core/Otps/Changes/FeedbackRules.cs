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
    /// <summary>The feedback that an OTP owes to a provider that wants it; null for none.</summary>
    public static MessageFeedback? Decide(Otp otp, IEnumerable<Delivery> deliveries, FeedbackProviders providers) =>
        !providers.IsEmpty && Newest(otp, deliveries) is { } message && providers.Want(message.Provider, message.Verified) ? message : null;

    /// <summary>What an OTP says of its newest message that may have arrived, wanted or not; null for nothing.</summary>
    /// <remarks>A cancelled OTP, and one that failed, says nothing about its messages.</remarks>
    public static MessageFeedback? Newest(Otp otp, IEnumerable<Delivery> deliveries)
    {
        bool? verified = otp switch
        {
            { Status: OtpStatus.Verified } => true,
            { Status: OtpStatus.Expired, Reason: OtpReason.NotVerified } => false,
            _ => null,
        };
        return verified is { } told && deliveries.Where(MayHaveArrived).MaxBy(d => (d.CreatedAt, d.Step, d.Attempt)) is
            { ProviderMessageId: { } id, Provider: { } provider } newest
            ? new(newest.Id, newest.Channel, provider, id, told, otp.FinalAt!.Value)
            : null;
    }

    /// <summary>Without its answer, only a message id shows that the provider took the message.</summary>
    private static bool MayHaveArrived(Delivery delivery) =>
        delivery.Status is DeliveryStatus.Sent or DeliveryStatus.Delivered or DeliveryStatus.Read
            || delivery is { Status: DeliveryStatus.Unknown, ProviderMessageId: not null };
}
