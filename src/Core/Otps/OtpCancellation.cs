using OtpPipeline.Core.Applications;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Otps;

/// <summary>The one room behind every door that cancels.</summary>
public sealed class OtpCancellation(IOtpStore store, IOutbox outbox)
{
    /// <summary>Null for success.</summary>
    public async Task<Refusal?> CancelAsync(Application application, Guid otpId, CancellationToken cancellationToken)
    {
        var outgoing = outbox.NewBatch();
        Refusal? refusal;
        await using (var unit = await store.BeginAsync(cancellationToken))
        {
            var locked = await unit.LockAsync([otpId], cancellationToken);
            if (!locked.Otps.TryGetValue(otpId, out var otp) || otp.Otp.ApplicationId != application.Id)
            {
                return Refusals.NotFound;
            }

            var outcome = OtpRules.Cancel(otp.State, locked.Now);
            var changes = new OtpChanges(outgoing, locked.Now);
            changes.Move(otp, outcome.State);
            refusal = outcome.Refusal;
            await unit.SaveAsync(changes, outgoing.Messages, cancellationToken);
        }

        outbox.Dispatch(outgoing);
        return refusal;
    }
}
