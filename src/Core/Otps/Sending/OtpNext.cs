using Microsoft.Extensions.Options;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Otps.Sending;

/// <summary>A command to start the next step of a live OTP's plan now.</summary>
public sealed record NextCommand(Application Application, Guid OtpId, string? SubmissionId = null, string? TraceParent = null)
    : SendingCommand(Application, OtpId, SubmissionId, TraceParent);

/// <summary>Starts the next step of a plan before its wait is over, for REST and the bus.</summary>
public sealed class OtpNext(
    SendingTransactions transactions, OtpSecrets secrets, ProviderChoice providers, IOptions<DeliveryOptions> options)
{
    /// <summary>Starts the step after the current one, also where the current one arrived.</summary>
    /// <param name="command">The command.</param>
    /// <param name="cancellationToken">Ends the wait, not the work.</param>
    public Task<SendingAnswer> StartAsync(NextCommand command, CancellationToken cancellationToken) =>
        transactions.RunAsync(command, secrets.HashNext, transaction => SendAsync(command, transaction), cancellationToken);

    private async Task<OtpError?> SendAsync(NextCommand command, SendingTransaction transaction)
    {
        var (application, locked, details, changes, _) = transaction;
        if (StepSchedule.Next(locked) is not { } step)
        {
            return OtpErrors.NoFurtherStep;
        }

        var send = FurtherSend.From(application, locked.Otp, details, step, providers, secrets);
        if (send.Route is not { } route)
        {
            return OtpErrors.ChannelNotServed;
        }

        var (history, spending) = await transaction.LockLimitsAsync(send.HistoryHash);
        if (send.Admit(application.Settings.Limits, history, spending, isFree: false, retryPeriod: 0, changes) is { } refused)
        {
            return refused;
        }

        changes.QueueAttempt(
            locked, new(send.Channel, route.Name, step, 1, IsResend: false, send.Cost), TimeSpan.Zero, options.Value.LostAfter);
        changes.EndedWaits.Add(locked.Otp.Id);
        return null;
    }
}
