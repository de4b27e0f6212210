using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;

namespace OtpPipeline.Core.Otps.Changes;

/// <summary>Adds feedback that OTPs owe, and its commands, to the changes of a transaction.</summary>
public static class FeedbackChanges
{
    /// <summary>Repetitions, over eight hours, after which feedback that no provider of this host wants ends.</summary>
    private const int MostUnwanted = 8;

    /// <summary>Whether a message id that comes now would make a final OTP owe feedback: so far it owes none.</summary>
    public static bool AwaitsMessageId(this OtpChanges changes, LockedOtp locked, Delivery delivery) =>
        !changes.Feedback.IsEmpty && delivery.ProviderMessageId is null && locked.Otp.Status != OtpStatus.Pending
            && FeedbackRules.Decide(locked.Otp, locked.Deliveries, changes.Feedback) is null;

    /// <summary>Lets a final OTP owe its feedback and publishes the command; nothing where no provider wants any.</summary>
    public static void OweFeedback(this OtpChanges changes, LockedOtp locked)
    {
        if (FeedbackRules.Decide(locked.Otp, locked.Deliveries, changes.Feedback) is not null)
        {
            changes.Owe(locked, attempt: 1, republished: 0, PendingFeedback.LostAfter);
            changes.PublishFeedback(locked.Otp);
        }
    }

    /// <summary>Puts the attempt off for this long and publishes its command then; nothing unless the one before it is owed.</summary>
    public static void PostponeFeedback(this OtpChanges changes, LockedOtp locked, PendingFeedback? owed, int attempt, TimeSpan delay)
    {
        // A duplicate of the command may have succeeded, or failed, meanwhile.
        if (owed?.Attempt == attempt - 1)
        {
            changes.Owe(locked, attempt, republished: 0, delay + PendingFeedback.LostAfter);
            changes.PublishFeedback(locked.Otp, delay);
        }
    }

    /// <summary>Ends what is due no more.</summary>
    public static void EndUndueFeedback(this OtpChanges changes, LockedOtp locked)
    {
        if (FeedbackRules.Newest(locked.Otp, locked.Deliveries) is null)
        {
            changes.EndedFeedback.Add(locked.Otp.Id);
        }
    }

    /// <summary>Publishes a command that seems lost again, later each time; ends what is due no more.</summary>
    /// <param name="changes">The transaction's changes.</param>
    /// <param name="locked">The OTP.</param>
    /// <param name="lost">What it owes.</param>
    /// <param name="unpublished">The command is still in the outbox: another one would only arrive twice.</param>
    public static void RepublishFeedback(this OtpChanges changes, LockedOtp locked, PendingFeedback lost, bool unpublished)
    {
        if (FeedbackRules.Newest(locked.Otp, locked.Deliveries) is null
            || (lost.Republished >= MostUnwanted && FeedbackRules.Decide(locked.Otp, locked.Deliveries, changes.Feedback) is null))
        {
            changes.EndedFeedback.Add(locked.Otp.Id);
            return;
        }

        var republished = lost.Republished + (unpublished ? 0 : 1);
        changes.Owe(locked, lost.Attempt, republished, DeliveryRules.RepublishAfter(PendingFeedback.LostAfter, republished));
        if (!unpublished)
        {
            changes.PublishFeedback(locked.Otp);
        }
    }

    private static void Owe(this OtpChanges changes, LockedOtp locked, int attempt, int republished, TimeSpan lostAfter) =>
        changes.PendingFeedback[locked.Otp.Id] = new()
        {
            OtpId = locked.Otp.Id,
            Attempt = attempt,
            Republished = republished,
            DueAt = changes.Now + lostAfter,
        };
}
