using Microsoft.Extensions.Options;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Deliveries.Publishing;
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
    private readonly FeedbackProviders _feedback;
    private readonly DeliveryConsequences _consequences;
    private readonly SpendingBudgets _budgets;
    private readonly ReleaseSignal _release;
    private readonly Batcher<ReportedOutcome, bool> _batcher;

    public DeliveryOutcomes(
        IOtpStore store, IOutbox outbox, OtpSecrets secrets, FeedbackProviders feedback, DeliveryConsequences consequences,
        SpendingBudgets budgets, ReleaseSignal release, IOptions<BatchingOptions> batching)
    {
        _store = store;
        _outbox = outbox;
        _secrets = secrets;
        _feedback = feedback;
        _consequences = consequences;
        _budgets = budgets;
        _release = release;
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
        bool dueAtOnce;
        await using (var unit = await _store.BeginAsync(cancellationToken))
        {
            var locked = await unit.LockForOutcomesAsync(
                reports.Select(r => r.OtpId).ToHashSet(), [.. reports.Select(r => r.Message).OfType<ProviderMessage>()], cancellationToken);
            var budgets = await _budgets.LockAsync(unit, reports.Select(r => r.ApplicationId), cancellationToken);
            var kept = locked.KeptReceipts.ToLookup(r => new ProviderMessage(r.Provider, r.ProviderMessageId));
            var changes = new OtpChanges(outgoing, locked.Now, _secrets) { Budgets = budgets, Feedback = _feedback };
            for (var i = 0; i < reports.Count; i++)
            {
                var report = reports[i];
                changes.TraceParent = report.TraceParent;
                if (locked.Otps.TryGetValue(report.OtpId, out var otp)
                    && otp.Deliveries.Find(d => d.Id == report.DeliveryId && d.LeaseId == report.LeaseId) is { } delivery)
                {
                    var awaited = changes.AwaitsMessageId(otp, delivery);
                    written[i] = delivery.Status switch
                    {
                        DeliveryStatus.Sending or DeliveryStatus.Queued => Apply(changes, otp, delivery, report),
                        DeliveryStatus.Delivered or DeliveryStatus.Read or DeliveryStatus.Undelivered =>
                            ApplyAfterReceipt(changes, otp, delivery, report.Outcome),
                        _ => ApplyLate(changes, otp, delivery, report),
                    };
                    if (written[i] && report.Message is { } message)
                    {
                        ApplyKept(changes, otp, delivery, kept[message]);
                    }

                    if (awaited)
                    {
                        changes.OweFeedback(otp);
                    }
                }
            }

            dueAtOnce = changes.NewDeliveries.Exists(d => d.DueAt <= locked.Now);
            await unit.SaveAsync(changes, outgoing.Messages, cancellationToken);
        }

        _outbox.Dispatch(outgoing);
        if (dueAtOnce)
        {
            _release.Wake();
        }

        return written;
    }

    private bool Apply(OtpChanges changes, LockedOtp otp, Delivery delivery, ReportedOutcome report)
    {
        switch (report.Outcome)
        {
            case SendOutcome.Accepted accepted:
                delivery.ProviderMessageId = accepted.ProviderMessageId;
                changes.Move(otp, delivery, DeliveryStatus.Sent, null);
                _consequences.AfterSuccess(changes, otp, delivery);
                break;
            case SendOutcome.Refused refused:
                changes.Move(otp, delivery, DeliveryStatus.Failed, refused.Reason);
                _consequences.AfterRefusal(changes, otp, delivery);
                break;
            case { MayBeRepeated: true } failed:
                changes.Move(otp, delivery, DeliveryStatus.Failed, failed.Cause);
                _consequences.AfterFailure(changes, otp, delivery, failed, report.Unusable);
                break;
            case SendOutcome.Unknown unknown:
                changes.Move(otp, delivery, DeliveryStatus.Unknown, unknown.Reason);
                _consequences.AfterUnknown(changes, otp, delivery, report.Unusable);
                break;
        }

        return true;
    }

    /// <summary>A receipt came first and says more than any answer: only the price and the message id are missing.</summary>
    private bool ApplyAfterReceipt(OtpChanges changes, LockedOtp otp, Delivery delivery, SendOutcome outcome)
    {
        if (outcome is SendOutcome.Accepted)
        {
            _consequences.AfterSuccess(changes, otp, delivery);
        }
        else if (delivery.Status == DeliveryStatus.Undelivered && (outcome is SendOutcome.Refused || outcome.MayBeRepeated))
        {
            changes.Settle(otp, delivery, 0);
        }

        if (delivery.ProviderMessageId is null && outcome is SendOutcome.Accepted { ProviderMessageId: { } id })
        {
            delivery.ProviderMessageId = id;
            changes.UpdatedDeliveries.Add(delivery);
        }

        return true;
    }

    /// <summary>Applies the receipts that came before this outcome brought the message id.</summary>
    private void ApplyKept(OtpChanges changes, LockedOtp otp, Delivery delivery, IEnumerable<KeptReceipt> receipts)
    {
        foreach (var kept in receipts.OrderBy(r => r.ReceivedAt))
        {
            DeliveryReceipts.Apply(changes, _consequences, otp, delivery, kept.Receipt);
            changes.MatchedReceipts.Add(kept);
        }
    }

    /// <summary>The lease ended and the delivery became UNKNOWN; its late answer is still true.</summary>
    private bool ApplyLate(OtpChanges changes, LockedOtp otp, Delivery delivery, ReportedOutcome report)
    {
        if (delivery.Status != DeliveryStatus.Unknown)
        {
            return false;
        }

        if (report.Outcome is not SendOutcome.Accepted accepted)
        {
            return report.Outcome.MayBeRepeated && NotSentAfterAll(changes, otp, delivery, report);
        }

        delivery.ProviderMessageId = accepted.ProviderMessageId;
        changes.Move(otp, delivery, DeliveryStatus.Sent, null);
        _consequences.AfterSuccess(changes, otp, delivery);
        DeliveryConsequences.SuppressRepetitions(changes, otp, delivery);
        return true;
    }

    /// <summary>Certainly nothing went out: makes the next attempt even if the channel's policy had forbidden it.</summary>
    private bool NotSentAfterAll(OtpChanges changes, LockedOtp otp, Delivery delivery, ReportedOutcome report)
    {
        changes.Move(otp, delivery, DeliveryStatus.Failed, report.Outcome.Cause);
        _consequences.AfterFailure(changes, otp, delivery, report.Outcome, report.Unusable);
        return true;
    }
}

/// <summary>A provider's outcome for a claimed delivery.</summary>
/// <param name="OtpId">The OTP.</param>
/// <param name="ApplicationId">The application that owns it.</param>
/// <param name="DeliveryId">The delivery.</param>
/// <param name="LeaseId">The claim's lease: an outcome counts only for its claim. Null while QUEUED: no provider takes it in time.</param>
/// <param name="Outcome">The provider's outcome.</param>
/// <param name="TraceParent">W3C trace context of the delivery.</param>
/// <param name="Unusable">Providers that are paused or do not work, as the worker sees it.</param>
public sealed record ReportedOutcome(
    Guid OtpId, Guid ApplicationId, Guid DeliveryId, Guid? LeaseId, SendOutcome Outcome, string? TraceParent = null,
    IReadOnlySet<string>? Unusable = null)
{
    /// <summary>Provider whose receipts may have come before this outcome; null where no provider can send any.</summary>
    public string? ReceiptsFrom { get; init; }

    /// <summary>The message for which receipts may wait.</summary>
    internal ProviderMessage? Message =>
        ReceiptsFrom is { } provider && Outcome is SendOutcome.Accepted { ProviderMessageId: { } id } ? new(provider, id) : null;
}
