using OtpPipeline.Contracts;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Otps.Plans;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Otps.Changes;

/// <summary>Collects the changes of one transaction.</summary>
/// <remarks>
/// Every change of a status or a delivery raises the sequence of its OTP by one, and adds one row of changes, one event where the
/// application wants it, and one callback when the OTP owes one.
/// </remarks>
/// <param name="outbox">Receives the events.</param>
/// <param name="now">The database's clock, read after the lock was taken.</param>
/// <param name="secrets">Decrypts what the client attached, for the events.</param>
public sealed class OtpChanges(OutboxBatch outbox, DateTime now, OtpSecrets secrets)
{
    /// <summary>Header of an event with a pending callback; the sender of the event removes it.</summary>
    public const string CallbackHeader = "otp-callback";

    private static readonly Dictionary<string, string> WithCallback = new(StringComparer.Ordinal) { [CallbackHeader] = "true" };

    // OTPs whose callbacks are announced without an event.
    private readonly HashSet<Guid> _announced = [];

    public DateTime Now => now;

    /// <summary>W3C trace context of the next events.</summary>
    public string? TraceParent { get; set; }

    /// <summary>Providers that want to know of the end of OTPs.</summary>
    public FeedbackProviders Feedback { get; init; } = FeedbackProviders.None;

    /// <summary>OTPs to update.</summary>
    public HashSet<Otp> Otps { get; } = [];

    /// <summary>The rows that record the changes.</summary>
    public List<OtpChange> Changes { get; } = [];

    /// <summary>The callbacks that these changes cause.</summary>
    public List<Callback> Callbacks { get; } = [];

    /// <summary>OTPs that became final in this transaction; their PINs are wiped.</summary>
    public List<Guid> Finals { get; } = [];

    public HashSet<Delivery> UpdatedDeliveries { get; } = [];

    public List<Delivery> NewDeliveries { get; } = [];

    /// <summary>Steps that wait, by OTP. One that waits already keeps the earlier time.</summary>
    public Dictionary<Guid, PendingStep> PendingSteps { get; } = [];

    /// <summary>OTPs whose waiting step has started, or is needed no more.</summary>
    public HashSet<Guid> EndedWaits { get; } = [];

    /// <summary>What OTPs owe to providers, by OTP; it replaces what they owed before.</summary>
    public Dictionary<Guid, PendingFeedback> PendingFeedback { get; } = [];

    /// <summary>OTPs that owe no feedback any more.</summary>
    public HashSet<Guid> EndedFeedback { get; } = [];

    /// <summary>New versions of PINs.</summary>
    public List<OtpPin> NewPins { get; } = [];

    /// <summary>The oldest version that stays valid, of each OTP with a new one.</summary>
    public List<(Guid OtpId, int Version)> KeptPins { get; } = [];

    /// <summary>Histories with counted guesses.</summary>
    public HashSet<RecipientHistory> Histories { get; } = [];

    /// <summary>Histories with a counted send.</summary>
    public HashSet<RecipientHistory> CountedSends { get; } = [];

    /// <summary>What each application spent, including this transaction.</summary>
    public HashSet<ApplicationSpending> Spendings { get; } = [];

    /// <summary>The locked spendings of applications with a limit; the others may spend anything. Null where none was locked.</summary>
    public IReadOnlyDictionary<Guid, (ApplicationSpending Spending, decimal Limit)>? Budgets { get; init; }

    /// <summary>What deliveries that are not sent give back, by application, where no spending was locked.</summary>
    public Dictionary<Guid, decimal> Refunds { get; } = [];

    public List<OtpSubmission> Submissions { get; } = [];

    /// <summary>Kept receipts that found their delivery; they are deleted.</summary>
    public List<KeptReceipt> MatchedReceipts { get; } = [];

    public bool IsEmpty =>
        Otps.Count == 0 && UpdatedDeliveries.Count == 0 && NewDeliveries.Count == 0 && Histories.Count == 0 && CountedSends.Count == 0
            && Spendings.Count == 0 && Submissions.Count == 0 && MatchedReceipts.Count == 0 && PendingSteps.Count == 0
            && EndedWaits.Count == 0 && PendingFeedback.Count == 0 && EndedFeedback.Count == 0;

    /// <summary>Counts consecutive wrong guesses over all OTPs of a recipient; a right guess resets the count.</summary>
    public void CountGuess(RecipientHistory history, OtpState before, OtpState after, ApplicationLimits limits)
    {
        if (after.Attempts > before.Attempts)
        {
            RecipientLimits.CountFailedGuess(history, limits, now);
            Histories.Add(history);
        }
        else if (after.Status == OtpStatus.Verified && before.Status == OtpStatus.Pending && history.FailedGuesses > 0)
        {
            history.FailedGuesses = 0;
            Histories.Add(history);
        }
    }

    /// <summary>Writes the new state; a final state wipes the PIN and suppresses queued deliveries.</summary>
    public void Move(LockedOtp locked, OtpState state)
    {
        var otp = locked.Otp;
        if (otp.Status == state.Status && otp.Attempts == state.Attempts)
        {
            return;
        }

        Otps.Add(otp);
        otp.Attempts = state.Attempts;
        if (otp.Status == state.Status)
        {
            return;
        }

        otp.Status = state.Status;
        otp.Reason = state.Reason;
        otp.FinalAt = now;
        Finals.Add(otp.Id);
        if (otp.Plan is not null)
        {
            EndedWaits.Add(otp.Id);
        }

        foreach (var delivery in locked.Deliveries.Where(d => d.Status == DeliveryStatus.Queued))
        {
            Move(locked, delivery, DeliveryStatus.Suppressed, EnumText<OtpStatus>.Lower(state.Status));
            this.Settle(locked, delivery, 0);
        }

        var why = otp.Reason is { } reason ? EnumText<OtpReason>.Lower(reason) : null;
        var change = Add(otp, OtpChangeKind.Status, null, EnumText<OtpStatus>.Upper(otp.Status), why);

        // An OTP has one final status, so this exchange has no earlier event of it.
        Publish(otp, change, attached => new OtpStatusChanged(
            otp.Id, otp.ApplicationId, otp.TrackId, change.Status, change.Reason, change.Sequence, change.OccurredAt, attached.Metadata,
            Previous: 0, attached.ExternalId, otp.IsTest));
        this.OweFeedback(locked);
    }

    /// <summary>Writes the new status of a delivery and publishes its event.</summary>
    public void Move(LockedOtp locked, Delivery delivery, DeliveryStatus status, string? reason)
    {
        var otp = locked.Otp;
        delivery.Status = status;
        delivery.Reason = reason;
        delivery.UpdatedAt = now;
        delivery.SentAt ??= status is DeliveryStatus.Sent or DeliveryStatus.Delivered or DeliveryStatus.Read or DeliveryStatus.Undelivered
            ? now
            : null;
        UpdatedDeliveries.Add(delivery);
        Otps.Add(otp);
        Await(StepSchedule.AfterSend(locked, delivery, now));
        var previous = otp.DeliverySequence;
        var change = Add(otp, OtpChangeKind.Delivery, delivery.Id, EnumText<DeliveryStatus>.Upper(status), reason);
        otp.DeliverySequence = change.Sequence;
        Publish(otp, change, attached => new OtpDeliveryChanged(
            otp.Id, otp.ApplicationId, otp.TrackId, delivery.Id, delivery.Channel.Text(), delivery.Provider, delivery.Step,
            delivery.Attempt,
            change.Status, change.Reason, change.Sequence, change.OccurredAt, attached.Metadata, previous, delivery.ProviderMessageId,
            delivery.SentAt, delivery.DeliveredAt, delivery.ReadAt, attached.ExternalId,
            otp.IsTest));
    }

    /// <summary>Lets a step wait, unless it waits already and for an earlier time.</summary>
    internal void Await(PendingStep? step)
    {
        if (step is not null && (!PendingSteps.TryGetValue(step.OtpId, out var other) || other.DueAt > step.DueAt))
        {
            PendingSteps[step.OtpId] = step;
        }
    }

    /// <summary>Publishes the command for the OTP's feedback.</summary>
    public void PublishFeedback(Otp otp, TimeSpan? delay = null) => outbox.Publish(
        new FeedbackDue(otp.Id, otp.ApplicationId), delay: delay, traceParent: TraceParent, correlationId: otp.Id);

    private OtpChange Add(Otp otp, OtpChangeKind kind, Guid? deliveryId, string status, string? reason)
    {
        otp.Sequence++;
        var change = new OtpChange
        {
            OtpId = otp.Id,
            Sequence = otp.Sequence,
            Kind = kind,
            DeliveryId = deliveryId,
            Status = status,
            Reason = reason,
            OccurredAt = now,
        };
        Changes.Add(change);
        if (Callback.For(otp, change) is { } callback)
        {
            Callbacks.Add(callback);
        }

        return change;
    }

    private void Publish<T>(Otp otp, OtpChange change, Func<Attached, T> create)
        where T : class
    {
        if (IsPublished(otp, change))
        {
            outbox.Publish(
                create(secrets.TryDecryptAttached(otp)),
                otp.ApplicationId.ToString(),
                headers: Callback.IsOwed(otp, change) ? WithCallback : null,
                traceParent: TraceParent,
                correlationId: otp.Id);
        }
        else if (Callback.IsOwed(otp, change) && _announced.Add(otp.Id))
        {
            outbox.Publish(new CallbackDue(otp.Id), traceParent: TraceParent, correlationId: otp.Id);
        }
    }

    private static bool IsPublished(Otp otp, OtpChange change) => change.Kind switch
    {
        OtpChangeKind.Status => otp.Events is not PublishedEvents.None,
        OtpChangeKind.Delivery => otp.Events is null or PublishedEvents.All,
        _ => false,
    };
}
