using Microsoft.Extensions.Options;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Core.Stores;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Otps.Sending;

/// <summary>One transaction that sends an OTP once more: what is locked, and where the changes go.</summary>
internal sealed record SendingTransaction(
    Application Application, LockedOtp Locked, OtpDetails Details, OtpChanges Changes, IOtpUnit Unit)
{
    /// <summary>Locks what limits a send: the recipient's history, then the application's spending (null without a limit).</summary>
    public async Task<(RecipientHistory History, ApplicationSpending? Spending)> LockLimitsAsync(byte[] historyHash)
    {
        var histories = await Unit.LockHistoriesAsync([(Application.Id, historyHash)], CancellationToken.None);
        var spending = Application.Settings.Limits.SpendingPerDay is null || Application.IsTest
            ? null
            : await Unit.LockSpendingAsync(Application.Id, CancellationToken.None);
        return (histories.Of(Application.Id, historyHash), spending);
    }
}

/// <summary>Runs commands that send: locks, recognises a repetition, commits and answers.</summary>
public sealed class SendingTransactions(IOtpStore store, IOutbox outbox, OtpSecrets secrets, IOptions<OtpOptions> options)
{
    /// <param name="command">The command.</param>
    /// <param name="hash">Hash of the submission id and the command's content.</param>
    /// <param name="send">Decides and adds the changes; an error changes nothing.</param>
    /// <param name="cancellationToken">Ends the wait, not the work.</param>
    internal async Task<SendingAnswer> RunAsync(
        SendingCommand command, Func<string, byte[]> hash, Func<SendingTransaction, Task<OtpError?>> send,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await StoreRetries.RunAsync(() => RunOnceAsync(command, hash, send));
    }

    private async Task<SendingAnswer> RunOnceAsync(
        SendingCommand command, Func<string, byte[]> hash, Func<SendingTransaction, Task<OtpError?>> send)
    {
        var outgoing = outbox.NewBatch();
        SendingAnswer answer;
        await using (var unit = await store.BeginAsync(CancellationToken.None))
        {
            var locked = await unit.LockForSendingAsync(command.OtpId, command.SubmissionId is not null, CancellationToken.None);
            var changes = new OtpChanges(outgoing, locked.Now, secrets) { TraceParent = command.TraceParent };
            answer = locked.Otps.TryGetValue(command.OtpId, out var otp)
                    && command.Application.Owns(otp.Otp.ApplicationId, otp.Otp.IsTest)
                ? await DecideAsync(
                    command, new(command.Application, otp, secrets.DecryptDetails(otp.Otp.Id, otp.Otp.Details), changes, unit), hash,
                    send)
                : new(OtpErrors.NotFound, null);
            command.Announce?.Invoke(outgoing, answer);
            await unit.SaveAsync(changes, outgoing.Messages, CancellationToken.None);
        }

        outbox.Dispatch(outgoing);
        return answer;
    }

    private async Task<SendingAnswer> DecideAsync(
        SendingCommand command, SendingTransaction transaction, Func<string, byte[]> hash,
        Func<SendingTransaction, Task<OtpError?>> send)
    {
        var (locked, changes) = (transaction.Locked, transaction.Changes);
        var submission = command.SubmissionId is { } id && locked.Remembers(changes.Now, options.Value.IdempotencyRetention) ? hash(id) : null;
        if (locked.AnswerTo(submission) is null)
        {
            if (SendingRules.Over(locked.State.At(changes.Now)) is { } over)
            {
                return new(over, null);
            }

            if (await send(transaction) is { } error)
            {
                return new(error, null);
            }

            if (submission is not null)
            {
                changes.Remember(locked, submission, error: null);
            }
        }

        return new(null, OtpView.From(locked, transaction.Details, changes.Now, secrets).WithResendsLeft(command.Application.Settings));
    }
}
