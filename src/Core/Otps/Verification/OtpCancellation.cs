using Microsoft.Extensions.Options;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Core.Stores;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Otps.Verification;

/// <summary>A command to cancel an OTP.</summary>
/// <param name="Application">The client's application; OTPs of other applications are not found.</param>
/// <param name="OtpId">The OTP.</param>
/// <param name="SubmissionId">The client's id of this command, to recognise a retry after a lost answer; null without one.</param>
/// <param name="TraceParent">W3C trace context of the request.</param>
public sealed record CancelCommand(Application Application, Guid OtpId, string? SubmissionId = null, string? TraceParent = null)
{
    /// <summary>Adds the answer to the commit, for an endpoint that answers by message; may run again after a failed commit.</summary>
    public Action<OutboxBatch, CancellationAnswer>? Announce { get; init; }
}

/// <summary>The answer to a cancellation; a null error is success.</summary>
/// <param name="Error">Why it failed.</param>
/// <param name="Otp">The OTP; null when it was not found.</param>
public readonly record struct CancellationAnswer(OtpError? Error, Otp? Otp);

/// <summary>Cancels OTPs for every API and the bus; cancellations of different clients share a commit.</summary>
public sealed class OtpCancellation : IAsyncDisposable
{
    private readonly IOtpStore _store;
    private readonly IOutbox _outbox;
    private readonly OtpSecrets _secrets;
    private readonly FeedbackProviders _feedback;
    private readonly TimeSpan _retention;
    private readonly Batcher<CancelCommand, CancellationAnswer> _batcher;

    public OtpCancellation(
        IOtpStore store, IOutbox outbox, OtpSecrets secrets, FeedbackProviders feedback, IOptions<OtpOptions> options,
        IOptions<BatchingOptions> batching)
    {
        _store = store;
        _outbox = outbox;
        _secrets = secrets;
        _feedback = feedback;
        _retention = options.Value.IdempotencyRetention;
        _batcher = new(CancelAsync, StoreFailures.IsOutage, batching.Value.Writers, batching.Value.MaxBatch);
    }

    public Task<CancellationAnswer> CancelAsync(CancelCommand command, CancellationToken cancellationToken) =>
        _batcher.AddAsync(command, cancellationToken);

    public ValueTask DisposeAsync() => _batcher.DisposeAsync();

    private async Task<IReadOnlyList<CancellationAnswer>> CancelAsync(
        IReadOnlyList<CancelCommand> commands, CancellationToken cancellationToken)
    {
        var outgoing = _outbox.NewBatch();
        var answers = new CancellationAnswer[commands.Count];
        await using (var unit = await _store.BeginAsync(cancellationToken))
        {
            var locked = await unit.LockAsync(
                commands.Select(c => c.OtpId).ToHashSet(), commands.Any(c => c.SubmissionId is not null), cancellationToken);
            var changes = new OtpChanges(outgoing, locked.Now, _secrets) { Feedback = _feedback };
            for (var i = 0; i < commands.Count; i++)
            {
                changes.TraceParent = commands[i].TraceParent;
                answers[i] = locked.Otps.TryGetValue(commands[i].OtpId, out var otp)
                        && commands[i].Application.Owns(otp.Otp.ApplicationId, otp.Otp.IsTest)
                    ? Decide(commands[i], otp, changes)
                    : new(OtpErrors.NotFound, null);
                commands[i].Announce?.Invoke(outgoing, answers[i]);
            }

            await unit.SaveAsync(changes, outgoing.Messages, cancellationToken);
        }

        _outbox.Dispatch(outgoing);
        return answers;
    }

    private CancellationAnswer Decide(CancelCommand command, LockedOtp locked, OtpChanges changes)
    {
        var submission = command.SubmissionId is { } id && locked.Remembers(changes.Now, _retention) ? _secrets.HashCancellation(id) : null;
        if (locked.AnswerTo(submission) is not null)
        {
            return new(null, locked.Otp);
        }

        var outcome = OtpRules.Cancel(locked.State, changes.Now);
        changes.Move(locked, outcome.State);
        if (submission is not null && outcome.Error is null)
        {
            changes.Remember(locked, submission, error: null);
        }

        return new(outcome.Error, locked.Otp);
    }
}
