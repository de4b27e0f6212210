using Microsoft.Extensions.Options;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Core.Stores;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Otps.Verification;

/// <summary>A user's guess for one OTP of one application.</summary>
/// <param name="Application">The client's application; OTPs of other applications are not found.</param>
/// <param name="OtpId">The OTP.</param>
/// <param name="Guess">What the user typed.</param>
/// <param name="SubmissionId">The client's id of this submission, so that a retry after a lost answer gets the same answer; null without
/// one.</param>
/// <param name="TraceParent">W3C trace context of the request.</param>
public sealed record VerifyCommand(
    Application Application, Guid OtpId, PinGuess Guess, string? SubmissionId = null, string? TraceParent = null)
{
    /// <summary>
    /// The recipient that the client names; null without one. If the OTP was sent to another recipient, it is not found and no guess is
    /// counted.
    /// </summary>
    public Recipient? Recipient { get; init; }

    /// <summary>Adds the answer to the commit, for an endpoint that answers by message; may run again after a failed commit.</summary>
    public Action<OutboxBatch, VerifyAnswer>? Announce { get; init; }
}

/// <summary>The answer to a submission; a null error is success.</summary>
/// <param name="Error">Why it failed.</param>
/// <param name="Otp">The OTP; null when it was not found.</param>
public readonly record struct VerifyAnswer(OtpError? Error, Otp? Otp);

/// <summary>Verifies OTPs for every API and the bus.</summary>
/// <remarks>
/// Locks the OTP, then reads the clock, and answers after the guess count is committed. Submissions of different clients share a commit;
/// those of one OTP are checked one after the other. It never waits for the broker.
/// </remarks>
public sealed class OtpVerification : IAsyncDisposable
{
    private readonly IOtpStore _store;
    private readonly IOutbox _outbox;
    private readonly OtpSecrets _secrets;
    private readonly FeedbackProviders _feedback;
    private readonly TimeSpan _retention;
    private readonly Batcher<VerifyCommand, VerifyAnswer> _batcher;

    public OtpVerification(
        IOtpStore store, IOutbox outbox, OtpSecrets secrets, FeedbackProviders feedback, IOptions<OtpOptions> options,
        IOptions<BatchingOptions> batching)
    {
        _store = store;
        _outbox = outbox;
        _secrets = secrets;
        _feedback = feedback;
        _retention = options.Value.IdempotencyRetention;
        _batcher = new(VerifyAsync, StoreFailures.IsOutage, batching.Value.Writers, batching.Value.MaxBatch);
    }

    public Task<VerifyAnswer> VerifyAsync(VerifyCommand command, CancellationToken cancellationToken) =>
        _batcher.AddAsync(command, cancellationToken);

    public ValueTask DisposeAsync() => _batcher.DisposeAsync();

    private async Task<IReadOnlyList<VerifyAnswer>> VerifyAsync(IReadOnlyList<VerifyCommand> commands, CancellationToken cancellationToken)
    {
        var outgoing = _outbox.NewBatch();
        var answers = new VerifyAnswer[commands.Count];
        await using (var unit = await _store.BeginAsync(cancellationToken))
        {
            var locked = await unit.LockForVerificationAsync(
                commands.Select(c => c.OtpId).ToHashSet(), commands.Any(c => c.SubmissionId is not null), cancellationToken);
            var changes = new OtpChanges(outgoing, locked.Now, _secrets) { Feedback = _feedback };
            for (var i = 0; i < commands.Count; i++)
            {
                changes.TraceParent = commands[i].TraceParent;
                answers[i] = locked.Otps.TryGetValue(commands[i].OtpId, out var otp) && IsMeant(otp.Otp, commands[i])
                    ? Decide(commands[i], otp, changes)
                    : new(OtpErrors.NotFound, null);
                commands[i].Announce?.Invoke(outgoing, answers[i]);
            }

            await unit.SaveAsync(changes, outgoing.Messages, cancellationToken);
        }

        _outbox.Dispatch(outgoing);
        return answers;
    }

    private bool IsMeant(Otp otp, VerifyCommand command) =>
        command.Application.Owns(otp.ApplicationId, otp.IsTest)
        && (command.Recipient is not { } recipient || otp.RecipientHash.AsSpan().SequenceEqual(_secrets.HashRecipient(recipient)));

    private VerifyAnswer Decide(VerifyCommand command, LockedOtp locked, OtpChanges changes)
    {
        var otp = locked.Otp;
        var history = locked.History;
        var submission = command.SubmissionId is { } id
            && locked.Remembers(changes.Now, _retention) ? _secrets.HashSubmission(id, command.Guess) : null;
        if (locked.AnswerTo(submission) is { Code: { } code } answered)
        {
            return new(OtpErrors.FromSubmission(code, answered.AttemptsRemaining), otp);
        }

        if (locked.State.At(changes.Now).Status == OtpStatus.Pending && history is not null
            && RecipientLimits.CoolingOff(history, changes.Now) is { } cooling)
        {
            return new(cooling, otp);
        }

        var before = locked.State;
        var outcome = OtpRules.Verify(
            before,
            new(
                locked.Matches(command.Guess, _secrets),
                submission is not null && submission.AsSpan().SequenceEqual(otp.VerifiedBy)),
            changes.Now);
        changes.Move(locked, outcome.State);
        if (history is not null)
        {
            changes.CountGuess(history, before, outcome.State, command.Application.Settings.Limits);
        }

        if (outcome.Error is null && before.Status == OtpStatus.Pending)
        {
            otp.VerifiedBy = submission;
        }
        else if (submission is not null && outcome.Error is { } error && outcome.State != before)
        {
            // This submission changed the OTP, so a repetition must not change it again.
            changes.Remember(locked, submission, error);
        }

        return new(outcome.Error, otp);
    }
}
