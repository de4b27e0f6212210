using Microsoft.Extensions.Options;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Deliveries;

/// <summary>Finds what a dead process or a lost message left behind. The database is the truth, a queue is a hint.</summary>
public sealed class DeliveryRecovery(IOtpStore store, IOutbox outbox, OtpSecrets secrets, IOptions<DeliveryOptions> options)
{
    /// <summary>Deliveries in SENDING whose lease ended become UNKNOWN, and the channel's policy decides; the number of OTPs.</summary>
    public Task<int> EndLeasesAsync(int limit, CancellationToken cancellationToken) =>
        RunAsync(unit => unit.LockEndedLeasesAsync(limit, cancellationToken), EndLeases, cancellationToken);

    /// <summary>Queued deliveries whose work command seems lost are published again; the number of OTPs.</summary>
    public Task<int> RepublishAsync(int limit, CancellationToken cancellationToken) =>
        RunAsync(unit => unit.LockLostDeliveriesAsync(limit, cancellationToken), Republish, cancellationToken);

    private void EndLeases(OtpChanges changes, LockedOtp otp)
    {
        foreach (var delivery in otp.Deliveries.Where(d => d.Status == DeliveryStatus.Sending && d.LeaseUntil <= changes.Now).ToList())
        {
            changes.Move(otp, delivery, DeliveryStatus.Unknown, "lease_ended");
            DeliveryConsequences.AfterUnknown(changes, otp, delivery, options.Value);
        }
    }

    private void Republish(OtpChanges changes, LockedOtp otp)
    {
        foreach (var delivery in otp.Deliveries.Where(d => d.Status == DeliveryStatus.Queued && d.PublishDueAt <= changes.Now))
        {
            delivery.Republished++;
            delivery.PublishDueAt = changes.Now + DeliveryRules.RepublishAfter(options.Value.LostAfter, delivery.Republished);
            changes.UpdatedDeliveries.Add(delivery);
            changes.PublishWork(delivery);
        }
    }

    private async Task<int> RunAsync(Func<IOtpUnit, Task<LockedOtps>> find, Action<OtpChanges, LockedOtp> apply, CancellationToken cancellationToken)
    {
        var outgoing = outbox.NewBatch();
        int count;
        await using (var unit = await store.BeginAsync(cancellationToken))
        {
            var locked = await find(unit);
            count = locked.Otps.Count;
            var changes = new OtpChanges(outgoing, locked.Now, secrets);
            foreach (var otp in locked.Otps.Values)
            {
                apply(changes, otp);
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
