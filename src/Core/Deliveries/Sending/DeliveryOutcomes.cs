using Microsoft.Extensions.Options;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Core.Stores;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Deliveries.Sending;

/// <summary>Writes outcomes and their consequences: the next attempt, or the end of the OTP. Many share one commit.</summary>
public sealed class DeliveryOutcomes : IAsyncDisposable
{
    private readonly IOtpStore _store;
    private readonly IOutbox _outbox;
    private readonly OtpSecrets _secrets;
    private readonly DeliveryOptions _options;
    private readonly Batcher<ReportedOutcome, bool> _batcher;

    public DeliveryOutcomes(
        IOtpStore store, IOutbox outbox, OtpSecrets secrets, IOptions<DeliveryOptions> options, IOptions<BatchingOptions> batching)
    {
        _store = store;
        _outbox = outbox;
        _secrets = secrets;
        _options = options.Value;
        _batcher = new(RecordAsync, StoreFailures.IsOutage, batching.Value.Writers, batching.Value.MaxBatch);
    }

    /// <summary>Returns false, and writes nothing, when the claim is no longer valid.</summary>
    public Task<bool> RecordAsync(ReportedOutcome reported, CancellationToken cancellationToken) =>
        _batcher.AddAsync(reported, cancellationToken);

    public ValueTask DisposeAsync() => _batcher.DisposeAsync();

    private async Task<IReadOnlyList<bool>> RecordAsync(IReadOnlyList<ReportedOutcome> reports, CancellationToken cancellationToken)
    {
        var outgoing = _outbox.NewBatch();
        var written = new bool[reports.Count];
        await using (var unit = await _store.BeginAsync(cancellationToken))
        {
            var locked = await unit.LockForOutcomesAsync(
                reports.Select(r => r.OtpId).ToHashSet(), [.. reports.Select(r => r.Message).OfType<ProviderMessage>()], cancellationToken);
            var kept = locked.KeptReceipts.ToLookup(r => new ProviderMessage(r.Provider, r.ProviderMessageId));
            var changes = new OtpChanges(outgoing, locked.Now, _secrets);
            for (var i = 0; i < reports.Count; i++)
            {
                var report = reports[i];
                changes.TraceParent = report.TraceParent;
                if (locked.Otps.TryGetValue(report.OtpId, out var otp)
                    && otp.Deliveries.Find(d => d.Id == report.DeliveryId && d.LeaseId == report.LeaseId) is { } delivery)
                {
                    written[i] = delivery.Status switch
                    {
                        DeliveryStatus.Sending => Apply(changes, otp, delivery, report.Outcome),
                        DeliveryStatus.Delivered or DeliveryStatus.Read or DeliveryStatus.Undelivered =>
                            ApplyAfterReceipt(changes, delivery, report.Outcome),
                        _ => ApplyLate(changes, otp, delivery, report.Outcome),
                    };
                    if (written[i] && report.Message is { } message)
                    {
                        ApplyKept(changes, otp, delivery, kept[message]);
                    }
                }
            }

            await unit.SaveAsync(changes, outgoing.Messages, cancellationToken);
        }

        _outbox.Dispatch(outgoing);
        return written;
    }

    private bool Apply(OtpChanges changes, LockedOtp otp, Delivery delivery, SendOutcome outcome)
    {
        switch (outcome)
        {
            case SendOutcome.Accepted accepted:
                delivery.ProviderMessageId = accepted.ProviderMessageId;
                changes.Move(otp, delivery, DeliveryStatus.Sent, null);
                break;
            case SendOutcome.Refused refused:
                changes.Move(otp, delivery, DeliveryStatus.Failed, refused.Reason);
                DeliveryConsequences.AfterRefusal(changes, otp, delivery);
                break;
            case { MayBeRepeated: true }:
                changes.Move(otp, delivery, DeliveryStatus.Failed, outcome.Cause);
                DeliveryConsequences.AfterFailure(changes, otp, delivery, outcome.Wait, _options);
                break;
            case SendOutcome.Unknown unknown:
                changes.Move(otp, delivery, DeliveryStatus.Unknown, unknown.Reason);
                DeliveryConsequences.AfterUnknown(changes, otp, delivery, _options);
                break;
        }

        return true;
    }

    /// <summary>A receipt came first and says more than any answer: only the message id is missing.</summary>
    private static bool ApplyAfterReceipt(OtpChanges changes, Delivery delivery, SendOutcome outcome)
    {
        if (delivery.ProviderMessageId is null && outcome is SendOutcome.Accepted { ProviderMessageId: { } id })
        {
            delivery.ProviderMessageId = id;
            changes.UpdatedDeliveries.Add(delivery);
        }

        return true;
    }

    /// <summary>Applies the receipts that came before this outcome brought the message id.</summary>
    private static void ApplyKept(OtpChanges changes, LockedOtp otp, Delivery delivery, IEnumerable<KeptReceipt> receipts)
    {
        foreach (var kept in receipts.OrderBy(r => r.ReceivedAt))
        {
            DeliveryReceipts.Apply(changes, otp, delivery, kept.Receipt);
            changes.MatchedReceipts.Add(kept);
        }
    }

    /// <summary>The lease ended and the delivery became UNKNOWN; its late answer is still true.</summary>
    private bool ApplyLate(OtpChanges changes, LockedOtp otp, Delivery delivery, SendOutcome outcome)
    {
        if (delivery.Status != DeliveryStatus.Unknown || outcome is not (SendOutcome.Accepted or { MayBeRepeated: true }))
        {
            return false;
        }

        if (outcome is not SendOutcome.Accepted accepted)
        {
            NotSentAfterAll(changes, otp, delivery, outcome);
            return true;
        }

        delivery.ProviderMessageId = accepted.ProviderMessageId;
        changes.Move(otp, delivery, DeliveryStatus.Sent, null);
        DeliveryConsequences.SuppressRepetitions(changes, otp, delivery);
        return true;
    }

    /// <summary>Certainly nothing went out: makes the next attempt even if the channel's policy had forbidden it.</summary>
    private void NotSentAfterAll(OtpChanges changes, LockedOtp otp, Delivery delivery, SendOutcome outcome)
    {
        changes.Move(otp, delivery, DeliveryStatus.Failed, outcome.Cause);
        DeliveryConsequences.AfterFailure(changes, otp, delivery, outcome.Wait, _options);
    }
}

/// <summary>A provider's outcome for a claimed delivery.</summary>
/// <param name="OtpId">The OTP.</param>
/// <param name="DeliveryId">The delivery.</param>
/// <param name="LeaseId">The claim's lease: an outcome counts only for its claim.</param>
/// <param name="Outcome">The provider's outcome.</param>
/// <param name="TraceParent">W3C trace context of the delivery.</param>
public sealed record ReportedOutcome(Guid OtpId, Guid DeliveryId, Guid LeaseId, SendOutcome Outcome, string? TraceParent = null)
{
    /// <summary>Provider whose receipts may have come before this outcome; null where no provider can send any.</summary>
    public string? ReceiptsFrom { get; init; }

    /// <summary>The message for which receipts may wait.</summary>
    internal ProviderMessage? Message =>
        ReceiptsFrom is { } provider && Outcome is SendOutcome.Accepted { ProviderMessageId: { } id } ? new(provider, id) : null;
}

/// <summary>The consequences of a delivery that did not succeed.</summary>
internal static class DeliveryConsequences
{
    /// <summary>A step was refused: the next step starts. Without one the OTP fails, unless a delivery has arrived or may arrive.</summary>
    public static void AfterRefusal(OtpChanges changes, LockedOtp otp, Delivery delivery)
    {
        if (!changes.StartNextStep(otp, delivery) && !otp.Deliveries.Any(d => d.Status.KeepsAlive()))
        {
            changes.Move(otp, OtpRules.Undeliverable(otp.State, changes.Now));
        }
    }

    /// <summary>A receipt says that it did not arrive: without another open attempt its step is over, as after a refusal.</summary>
    public static void AfterUndelivered(OtpChanges changes, LockedOtp otp, Delivery delivery)
    {
        if (!otp.Deliveries.Exists(d => d.Step == delivery.Step && d.Status.KeepsStepOpen()))
        {
            AfterRefusal(changes, otp, delivery);
        }
    }

    /// <summary>An attempt that seemed lost was sent: suppresses its queued repetitions, but no resend.</summary>
    public static void SuppressRepetitions(OtpChanges changes, LockedOtp otp, Delivery delivery)
    {
        foreach (var repetition in otp.Deliveries.Where(d => d.Step == delivery.Step && d.Status == DeliveryStatus.Queued && !d.IsResend))
        {
            changes.Move(otp, repetition, DeliveryStatus.Suppressed, "sent_after_all");
        }
    }

    /// <summary>Makes one more attempt within the OTP's lifetime; a step without attempts left counts as refused.</summary>
    public static void AfterFailure(OtpChanges changes, LockedOtp otp, Delivery delivery, TimeSpan? retryAfter, DeliveryOptions options)
    {
        if (otp.State.At(changes.Now).IsFinal || HasLaterAttempt(otp, delivery))
        {
            return;
        }

        if (DeliveryRules.NextAttempt(otp.RoundOf(delivery), options.MaxAttempts, retryAfter, changes.Now, otp.Otp.ExpiresAt) is { } delay)
        {
            changes.Queue(otp, delivery, delay, options.LostAfter);
        }
        else if (otp.RoundOf(delivery) >= options.MaxAttempts || StepSchedule.Next(otp) is not null)
        {
            AfterRefusal(changes, otp, delivery);
        }
    }

    /// <summary>Sends again if the channel's policy allows it.</summary>
    public static void AfterUnknown(OtpChanges changes, LockedOtp otp, Delivery delivery, DeliveryOptions options)
    {
        if (options.From(delivery.Channel).UnknownPolicy == UnknownPolicy.AtLeastOnce
            && !otp.State.At(changes.Now).IsFinal
            && !HasLaterAttempt(otp, delivery)
            && DeliveryRules.NextAttempt(otp.RoundOf(delivery), options.MaxAttempts, null, changes.Now, otp.Otp.ExpiresAt) is { } delay)
        {
            changes.Queue(otp, delivery, delay, options.LostAfter);
        }
    }

    /// <summary>A resend, or a repetition, has taken the place of the attempt.</summary>
    private static bool HasLaterAttempt(LockedOtp otp, Delivery delivery) =>
        otp.Deliveries.Exists(d => d.Step == delivery.Step && d.Attempt > delivery.Attempt);
}
