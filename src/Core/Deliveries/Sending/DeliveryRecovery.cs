using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Core.Stores;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Deliveries.Sending;

/// <summary>Recovers deliveries after a crashed process or a lost message. The database is the truth, a queue is a hint.</summary>
public sealed class DeliveryRecovery(
    IOtpStore store, IOutbox outbox, OtpSecrets secrets, QueueLag lag, DeliveryConsequences consequences, SpendingBudgets budgets,
    IOptions<DeliveryOptions> options)
{
    /// <summary>The outbox's name of the work command.</summary>
    public const string WorkCommand = "otp-requested";

    /// <summary>Sets SENDING deliveries with an ended lease to UNKNOWN; the channel's policy decides. Returns the number of OTPs.</summary>
    public Task<int> EndLeasesAsync(int limit, CancellationToken cancellationToken) =>
        RunAsync(
            unit => unit.LockEndedLeasesAsync(limit, cancellationToken), (changes, otp, _) => EndLeases(changes, otp), cancellationToken);

    /// <summary>Publishes queued deliveries again whose work command seems lost. Returns the number of OTPs.</summary>
    /// <remarks>A command seems lost when its queue should have delivered it by now, given the queue's lag.</remarks>
    public async Task<int> RepublishAsync(int limit, CancellationToken cancellationToken)
    {
        var lags = lag.Known();
        if (lags.Count == 0)
        {
            return 0;
        }

        try
        {
            return await RunAsync(
                unit => unit.LockLostDeliveriesAsync(lags, limit, cancellationToken),
                (changes, otp, locked) => Republish(changes, otp, lags, locked.Unpublished.Contains(otp.Otp.Id)), cancellationToken);
        }
        catch (Exception failure) when (StoreFailures.IsOutage(failure))
        {
            // Consumers cannot claim either.
            foreach (var channel in Channels.All)
            {
                lag.Blind(channel);
            }

            throw;
        }
    }

    private void EndLeases(OtpChanges changes, LockedOtp otp)
    {
        foreach (var delivery in otp.Deliveries.Where(d => d.Status == DeliveryStatus.Sending && d.LeaseUntil <= changes.Now).ToList())
        {
            changes.Move(otp, delivery, DeliveryStatus.Unknown, "lease_ended");
            consequences.AfterUnknown(changes, otp, delivery, unusable: null);
        }
    }

    /// <summary>A command still in the outbox is not lost: it is checked again later, as another one would only arrive twice.</summary>
    private void Republish(OtpChanges changes, LockedOtp otp, IReadOnlyDictionary<Channel, TimeSpan> lags, bool unpublished)
    {
        foreach (var delivery in otp.Deliveries.Where(
            d => d.Status == DeliveryStatus.Queued && d.WaitingSince is null && lags.TryGetValue(d.Channel, out var lag)
                && d.PublishDueAt <= changes.Now - lag))
        {
            delivery.Republished += unpublished ? 0 : 1;
            delivery.PublishDueAt = changes.Now + DeliveryRules.RepublishAfter(options.Value.LostAfter, delivery.Republished);
            changes.UpdatedDeliveries.Add(delivery);
            if (!unpublished)
            {
                changes.PublishWork(delivery);
            }
        }
    }

    private async Task<int> RunAsync(
        Func<IOtpUnit, Task<LockedOtps>> find, Action<OtpChanges, LockedOtp, LockedOtps> apply, CancellationToken cancellationToken)
    {
        var outgoing = outbox.NewBatch();
        int count;
        await using (var unit = await store.BeginAsync(cancellationToken))
        {
            var locked = await find(unit);
            count = locked.Otps.Count;
            var changes = new OtpChanges(outgoing, locked.Now, secrets)
            {
                Budgets = await budgets.LockAsync(unit, locked.Otps.Values.Select(o => o.Otp.ApplicationId), cancellationToken),
            };
            foreach (var otp in locked.Otps.Values)
            {
                apply(changes, otp, locked);
            }

            if (!changes.IsEmpty)
            {
                await unit.SaveAsync(changes, outgoing.Messages, cancellationToken);
            }
        }

        outbox.Dispatch(outgoing);
        return count;
    }
}
