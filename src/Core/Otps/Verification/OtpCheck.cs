using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Core.Stores;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Otps.Verification;

/// <summary>Verifies by recipient or by PIN, for clients that do not know an OTP's id.</summary>
/// <remarks>The rules of a verification apply: under the lock, counted before the answer, one success.</remarks>
public sealed class OtpCheck(
    IOtpStore store, IOtpSearch search, IOutbox outbox, OtpSecrets secrets, FeedbackProviders feedback)
{
    /// <summary>Compares the guess with every live OTP of the lookup.</summary>
    /// <remarks>
    /// Verifies every OTP with this PIN, so that a PIN that was sent twice is used once. If none has it, each OTP gets a wrong guess, and
    /// the recipient gets as many.
    /// </remarks>
    /// <returns>Null for success; <see cref="OtpErrors.NotFound"/> without a live OTP.</returns>
    public async Task<OtpError?> CheckAsync(
        Application application, OtpLookup lookup, PinGuess guess, string? traceParent, CancellationToken cancellationToken)
    {
        var ids = await search.FindLiveAsync(secrets.HashLookup(application.Id, lookup), cancellationToken);
        return ids.Count == 0
            ? OtpErrors.NotFound
            : (await DecideAsync(application, ids, guess, ofOneRecipient: false, traceParent, cancellationToken)).Error;
    }

    /// <summary>Verifies the live OTP with this PIN; not found when several recipients have the same PIN.</summary>
    /// <param name="application">The client's application.</param>
    /// <param name="place">Where PINs find their OTPs; see RequestOptions.FindPinIn.</param>
    /// <param name="pin">The PIN.</param>
    /// <param name="traceParent">W3C trace context of the request.</param>
    /// <param name="cancellationToken">Ends the wait, not the work.</param>
    /// <returns>The OTP's recipient.</returns>
    public async Task<Result<string>> TakeAsync(
        Application application, string place, string pin, string? traceParent, CancellationToken cancellationToken)
    {
        var ids = await search.FindLiveByPinAsync(secrets.HashPin(application.Id, place, new(pin)), cancellationToken);
        if (ids.Count == 0)
        {
            return OtpErrors.NotFound;
        }

        var (taken, error) = await DecideAsync(application, ids, new(pin), ofOneRecipient: true, traceParent, cancellationToken);
        return error is not null ? error : secrets.DecryptDetails(taken!.Id, taken.Details).Recipient;
    }

    /// <summary>Whether a live OTP of that place has this PIN now.</summary>
    public async Task<bool> IsLiveAsync(Application application, string place, string pin, CancellationToken cancellationToken) =>
        (await search.FindLiveByPinAsync(secrets.HashPin(application.Id, place, new(pin)), cancellationToken)).Count > 0;

    private async Task<(Otp? Verified, OtpError? Error)> DecideAsync(
        Application application, IReadOnlyList<Guid> ids, PinGuess guess, bool ofOneRecipient, string? traceParent,
        CancellationToken cancellationToken)
    {
        // Finish what has begun: a client that disconnects must not learn the answer to a guess that was not counted.
        cancellationToken.ThrowIfCancellationRequested();
        return await StoreRetries.RunAsync(() => DecideOnceAsync(application, ids, guess, ofOneRecipient, traceParent));
    }

    private async Task<(Otp? Verified, OtpError? Error)> DecideOnceAsync(
        Application application, IReadOnlyList<Guid> ids, PinGuess guess, bool ofOneRecipient, string? traceParent)
    {
        var outgoing = outbox.NewBatch();
        (Otp? Verified, OtpError? Error) answer;
        await using (var unit = await store.BeginAsync(CancellationToken.None))
        {
            var locked = await unit.LockForVerificationAsync(ids, submissions: false, CancellationToken.None);
            var changes = new OtpChanges(outgoing, locked.Now, secrets) { TraceParent = traceParent, Feedback = feedback };
            answer = Decide(application, locked, guess, ofOneRecipient, changes);
            await unit.SaveAsync(changes, outgoing.Messages, CancellationToken.None);
        }

        outbox.Dispatch(outgoing);
        return answer;
    }

    private (Otp? Verified, OtpError? Error) Decide(
        Application application, LockedOtps locked, PinGuess guess, bool ofOneRecipient, OtpChanges changes)
    {
        var live = locked.Otps.Values
            .Where(o => application.Owns(o.Otp.ApplicationId, o.Otp.IsTest) && o.State.At(locked.Now).Status == OtpStatus.Pending)
            .OrderByDescending(o => o.Otp.CreatedAt).ThenByDescending(o => o.Otp.Id).ToList();
        if (ofOneRecipient)
        {
            // The search ignores characters added when typing, so it can find too much.
            live = live.FindAll(o => o.Matches(guess, secrets));
        }

        if (ofOneRecipient && live.DistinctBy(o => Convert.ToHexString(o.Otp.RecipientHash), StringComparer.Ordinal).Skip(1).Any())
        {
            return (null, OtpErrors.NotFound);
        }

        if (live.Select(o => o.History is { } h ? RecipientLimits.CoolingOff(h, locked.Now) : null).FirstOrDefault(r => r is not null) is { } cooling)
        {
            return (null, cooling);
        }

        // Compare every PIN: the response time then reveals nothing.
        var right = live.FindAll(o => o.Matches(guess, secrets));
        OtpError? error = live.Count == 0 ? OtpErrors.NotFound : null;
        foreach (var otp in right.Count == 0 ? live : right)
        {
            var before = otp.State;
            var outcome = OtpRules.Verify(before, new(Matches: right.Count > 0, IsRetryOfSuccess: false), locked.Now);
            changes.Move(otp, outcome.State);
            error = outcome.Error;

            // Each comparison with a PIN counts as a guess: a guess at five OTPs has five chances.
            if (otp.History is { } history)
            {
                changes.CountGuess(history, before, outcome.State, application.Settings.Limits);
            }
        }

        return (right.FirstOrDefault()?.Otp, error);
    }
}
