using Microsoft.Extensions.Options;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Core.Stores;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Deliveries.Sending;

/// <summary>Feedback that an OTP owes to a provider now.</summary>
/// <param name="Message">What the provider is told.</param>
/// <param name="Attempt">Which attempt this is, from 1; null for a replay, which is no attempt of the schedule.</param>
public sealed record OwedFeedback(MessageFeedback Message, int? Attempt);

/// <summary>Reads the feedback that OTPs owe, and writes what followed. A row says what is owed, a command is a hint.</summary>
public sealed class DeliveryFeedback : IAsyncDisposable
{
    /// <summary>The outbox's name of the command.</summary>
    public const string Command = "otp-feedback";

    private readonly IOtpStore _store;
    private readonly IOutbox _outbox;
    private readonly OtpSecrets _secrets;
    private readonly FeedbackProviders _providers;
    private readonly Batcher<Guid, bool> _endings;

    public DeliveryFeedback(
        IOtpStore store, IOutbox outbox, OtpSecrets secrets, FeedbackProviders providers, IOptions<BatchingOptions> batching)
    {
        (_store, _outbox, _secrets, _providers) = (store, outbox, secrets, providers);
        _endings = new(EndAsync, StoreFailures.IsOutage, writers: 1, batching.Value.MaxBatch);
    }

    /// <summary>Returns null when the OTP does not exist or owes no feedback yet, or any more; what is due no more ends.</summary>
    /// <remarks>What is owed to a provider without feedback here stays owed: another worker may know it, such as a newer one.</remarks>
    /// <param name="command">The command.</param>
    /// <param name="isReplay">It was a dead letter: an operator wants the provider to be told once more, owed or not.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async Task<OwedFeedback?> FindAsync(FeedbackDue command, bool isReplay, CancellationToken cancellationToken)
    {
        if (await _store.FindWithFeedbackAsync(command.ApplicationId, command.OtpId, cancellationToken) is not { } reading
            || (!isReplay && reading.Feedback?.MayBegin(reading.Now) is not true))
        {
            return null;
        }

        if (FeedbackRules.Decide(reading.Otp, reading.Deliveries, _providers) is { } message)
        {
            return new(message, isReplay ? null : reading.Feedback!.Attempt);
        }

        if (reading.Feedback is not null && FeedbackRules.Newest(reading.Otp, reading.Deliveries) is null)
        {
            await EndUndueAsync(command.OtpId, cancellationToken);
        }

        return null;
    }

    /// <summary>The OTP owes nothing any more. Many calls share one commit.</summary>
    public Task<bool> EndAsync(Guid otpId, CancellationToken cancellationToken) => _endings.AddAsync(otpId, cancellationToken);

    /// <summary>Publishes the command again after the delay, for this attempt; nothing unless the attempt before it is owed.</summary>
    public Task<int> PostponeAsync(
        Guid otpId, int attempt, TimeSpan delay, string? traceParent, CancellationToken cancellationToken) => RunAsync(
        unit => unit.LockWithFeedbackAsync([otpId], cancellationToken),
        (changes, otp, locked) =>
        {
            changes.TraceParent = traceParent;
            changes.PostponeFeedback(otp, locked.Feedback.GetValueOrDefault(otpId), attempt, delay);
        },
        cancellationToken);

    /// <summary>Publishes commands again that seem lost. Returns the number of OTPs.</summary>
    public Task<int> RepublishAsync(int limit, CancellationToken cancellationToken) => RunAsync(
        unit => unit.LockLostFeedbackAsync(limit, cancellationToken),
        (changes, otp, locked) =>
        {
            if (locked.Feedback.TryGetValue(otp.Otp.Id, out var owed) && owed.DueAt <= changes.Now)
            {
                changes.RepublishFeedback(otp, owed, locked.Unpublished.Contains(otp.Otp.Id));
            }
        },
        cancellationToken);

    public ValueTask DisposeAsync() => _endings.DisposeAsync();

    /// <summary>What a read showed may have changed before the lock: a receipt or an answer makes feedback due again.</summary>
    private Task<int> EndUndueAsync(Guid otpId, CancellationToken cancellationToken) => RunAsync(
        unit => unit.LockAsync([otpId], submissions: false, cancellationToken), (changes, otp, _) => changes.EndUndueFeedback(otp),
        cancellationToken);

    private async Task<IReadOnlyList<bool>> EndAsync(IReadOnlyList<Guid> otpIds, CancellationToken cancellationToken)
    {
        await RunAsync(
            unit => unit.LockAsync(otpIds.ToHashSet(), submissions: false, cancellationToken),
            (changes, otp, _) => changes.EndedFeedback.Add(otp.Otp.Id),
            cancellationToken);
        return [.. otpIds.Select(_ => true)];
    }

    private async Task<int> RunAsync(
        Func<IOtpUnit, Task<LockedOtps>> find, Action<OtpChanges, LockedOtp, LockedOtps> apply, CancellationToken cancellationToken)
    {
        var outgoing = _outbox.NewBatch();
        int count;
        await using (var unit = await _store.BeginAsync(cancellationToken))
        {
            var locked = await find(unit);
            count = locked.Otps.Count;
            var changes = new OtpChanges(outgoing, locked.Now, _secrets) { Feedback = _providers };
            foreach (var otp in locked.Otps.Values)
            {
                apply(changes, otp, locked);
            }

            if (!changes.IsEmpty)
            {
                await unit.SaveAsync(changes, outgoing.Messages, cancellationToken);
            }
        }

        _outbox.Dispatch(outgoing);
        return count;
    }
}
