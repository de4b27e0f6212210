using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Deliveries.Sending;

/// <summary>Reads the feedback that an OTP owes to a provider, and puts it off after a failure.</summary>
public sealed class DeliveryFeedback(IOtpStore store, IOutbox outbox, OtpSecrets secrets, FeedbackProviders providers)
{
    /// <summary>The outbox's name of the command.</summary>
    public const string Command = "otp-feedback";

    /// <summary>Returns null when the OTP does not exist, or no feedback is due for it.</summary>
    public async Task<MessageFeedback?> FindAsync(Guid applicationId, Guid otpId, CancellationToken cancellationToken) =>
        await store.FindAsync(applicationId, otpId, cancellationToken) is { } reading
            ? FeedbackRules.Decide(reading.Otp, reading.Deliveries, providers)
            : null;

    /// <summary>Publishes the command again after the delay.</summary>
    public async Task PostponeAsync(FeedbackDue command, TimeSpan delay, string? traceParent, CancellationToken cancellationToken)
    {
        var outgoing = outbox.NewBatch();
        outgoing.Publish(command, delay: delay, traceParent: traceParent, correlationId: command.OtpId);
        await using (var unit = await store.BeginAsync(cancellationToken))
        {
            await unit.SaveAsync(new OtpChanges(outgoing, default, secrets), outgoing.Messages, cancellationToken);
        }

        outbox.Dispatch(outgoing);
    }
}
