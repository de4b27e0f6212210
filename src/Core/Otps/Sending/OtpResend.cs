using Microsoft.Extensions.Options;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Rules;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Otps.Sending;

/// <summary>Sends a live OTP again, for every API and the bus: one more attempt of a step, which the limits count.</summary>
public sealed class OtpResend(
    SendingTransactions transactions, IOtpSearch search, OtpSecrets secrets, ProviderChoice providers, IOptions<DeliveryOptions> options)
{
    /// <summary>The newest OTP of the lookup, live or not; null when it never existed or is purged.</summary>
    public Task<LastOtp?> FindLastAsync(Application application, OtpLookup lookup, CancellationToken cancellationToken) =>
        search.FindLastAsync(secrets.HashLookup(application.Id, lookup), cancellationToken);

    /// <summary>Adds an attempt of kind resend, unless one that brings the same PIN is already queued or being sent.</summary>
    /// <param name="command">The command.</param>
    /// <param name="cancellationToken">Ends the wait, not the work.</param>
    public Task<SendingAnswer> ResendAsync(ResendCommand command, CancellationToken cancellationToken) => transactions.RunAsync(
        command, id => secrets.HashResend(id, command.Channel, command.Policy), transaction => SendAsync(command, transaction),
        cancellationToken);

    private async Task<OtpError?> SendAsync(ResendCommand command, SendingTransaction transaction)
    {
        var (application, locked, details, changes, _) = transaction;
        var step = ResendRules.Step(command, locked);
        if ((step.Error ?? ResendRules.Policy(command, locked, details) ?? ResendRules.TooMany(command, locked, changes.Now)) is { } error)
        {
            return error;
        }

        var send = FurtherSend.From(application, locked.Otp, details, step.Value, providers, secrets);
        if (send.Route is not { } route)
        {
            return OtpErrors.ChannelNotServed;
        }

        var policy = ResendRules.PolicyOf(command);
        var ofStep = locked.Deliveries.FindAll(d => d.Step == send.Step);
        var isOnItsWay = ResendRules.IsOnItsWay(ofStep, policy != ResendPolicy.Same, changes.Now);
        var (history, spending) = await transaction.LockLimitsAsync(send.HistoryHash);
        if (send.Admit(application.Settings.Limits, history, spending, isOnItsWay, command.RetryPeriod ?? 0, changes) is { } refused)
        {
            return refused;
        }

        if (policy != ResendPolicy.Same)
        {
            changes.RenewPin(locked, details.NewPin!.Value.Next(), policy == ResendPolicy.NewWithGrace, secrets);
        }

        if (!isOnItsWay)
        {
            // The resend takes the place of a retry that waits: two would be sent otherwise.
            foreach (var waiting in ofStep.Where(d => d.Status == DeliveryStatus.Queued))
            {
                changes.Move(locked, waiting, DeliveryStatus.Suppressed, "resent");
                Release(waiting, spending, changes);
            }

            changes.QueueAttempt(
                locked, new(send.Channel, route.Name, send.Step, ofStep.Max(d => d.Attempt) + 1, IsResend: true, send.Cost),
                TimeSpan.Zero, options.Value.LostAfter);
        }

        return null;
    }

    /// <summary>Gives back what was reserved for a retry that is not sent.</summary>
    private static void Release(Delivery waiting, ApplicationSpending? spending, OtpChanges changes)
    {
        if (spending is not null && waiting.Cost > 0)
        {
            spending.Spent = Math.Max(0, spending.Spent - waiting.Cost);
            changes.Spendings.Add(spending);
        }

        waiting.Cost = 0;
    }
}
