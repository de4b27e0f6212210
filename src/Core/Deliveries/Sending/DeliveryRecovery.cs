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
            unit => unit.LockEndedLeasesAsync(limit, cancellationToken), (changes, otp, _, _) => EndLeases(changes, otp),
            cancellationToken);

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
                (changes, otp, locked, commands) => Republish(
                    changes, otp, lags, locked.Unpublished.Contains(otp.Otp.Id) ? null : commands),
                cancellationToken);
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

    /// <param name="changes">The transaction.</param>
    /// <param name="otp">The OTP.</param>
    /// <param name="lags">The lag of each channel's queue.</param>
    /// <param name="commands">
    /// Null while the command is still in the outbox: it is not lost, and checked again later, as another one would only arrive twice.
    /// </param>
    private void Republish(OtpChanges changes, LockedOtp otp, IReadOnlyDictionary<Channel, TimeSpan> lags, WorkCommands? commands)
    {
        foreach (var delivery in otp.Deliveries.Where(
            d => d.Status == DeliveryStatus.Queued && d.WaitingSince is null && lags.TryGetValue(d.Channel, out var lag)
                && d.PublishDueAt <= changes.Now - lag))
        {
            delivery.Republished += commands is null ? 0 : 1;
            delivery.PublishDueAt = changes.Now + DeliveryRules.RepublishAfter(options.Value.LostAfter, delivery.Republished);
            changes.UpdatedDeliveries.Add(delivery);
            commands?.Add(delivery, traceParent: null);
        }
    }

    private async Task<int> RunAsync(
        Func<IOtpUnit, Task<LockedOtps>> find, Action<OtpChanges, LockedOtp, LockedOtps, WorkCommands> apply,
        CancellationToken cancellationToken)
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
            var commands = new WorkCommands(options.Value);
            foreach (var otp in locked.Otps.Values)
            {
                apply(changes, otp, locked, commands);
            }

            commands.PublishTo(outgoing);

            if (!changes.IsEmpty)
            {
                await unit.SaveAsync(changes, outgoing.Messages, cancellationToken);
            }
        }

        outbox.Dispatch(outgoing);
        return count;
    }
}
