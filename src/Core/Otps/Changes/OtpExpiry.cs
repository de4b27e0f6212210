using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Otps.Changes;

/// <summary>Expires OTPs in bounded batches that several workers can take in parallel.</summary>
public sealed class OtpExpiry(IOtpStore store, IOutbox outbox, OtpSecrets secrets, FeedbackProviders feedback)
{
    /// <summary>Expires one batch; returns the number of expired OTPs.</summary>
    public async Task<int> ExpireAsync(int limit, CancellationToken cancellationToken)
    {
        var outgoing = outbox.NewBatch();
        int count;
        await using (var unit = await store.BeginAsync(cancellationToken))
        {
            var locked = await unit.LockExpiredAsync(limit, cancellationToken);
            var changes = new OtpChanges(outgoing, locked.Now, secrets) { Feedback = feedback };
            foreach (var otp in locked.Otps.Values)
            {
                changes.Move(otp, otp.State.At(locked.Now));
            }

            count = changes.Finals.Count;
            if (!changes.IsEmpty)
            {
                await unit.SaveAsync(changes, outgoing.Messages, cancellationToken);
            }
        }

        outbox.Dispatch(outgoing);
        return count;
    }
}
