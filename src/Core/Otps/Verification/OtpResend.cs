using Microsoft.Extensions.Options;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Core.Stores;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Otps.Verification;

/// <summary>Sends a live OTP again: a further delivery of the same PIN, which the limits count.</summary>
public sealed class OtpResend(
    IOtpStore store, IOtpSearch search, IOutbox outbox, OtpSecrets secrets, ProviderChoice providers, IOptions<DeliveryOptions> options)
{
    /// <summary>The newest OTP of the lookup, live or not; null when it never existed or is purged.</summary>
    public Task<LastOtp?> FindLastAsync(Application application, OtpLookup lookup, CancellationToken cancellationToken) =>
        search.FindLastAsync(secrets.HashLookup(application.Id, lookup), cancellationToken);

    /// <summary>Adds a delivery, unless one is already queued or being sent.</summary>
    /// <param name="application">The client's application.</param>
    /// <param name="otpId">The OTP.</param>
    /// <param name="retryPeriod">Seconds since the last send; null for the application's setting.</param>
    /// <param name="traceParent">W3C trace context of the request.</param>
    /// <param name="cancellationToken">Ends the wait, not the work.</param>
    /// <returns>Null for success; <see cref="OtpErrors.NotPending"/> when the OTP is no longer live.</returns>
    public async Task<OtpError?> ResendAsync(
        Application application, Guid otpId, int? retryPeriod, string? traceParent, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await StoreRetries.RunAsync(() => ResendOnceAsync(application, otpId, retryPeriod, traceParent));
    }

    private async Task<OtpError?> ResendOnceAsync(Application application, Guid otpId, int? retryPeriod, string? traceParent)
    {
        var outgoing = outbox.NewBatch();
        OtpError? error;
        await using (var unit = await store.BeginAsync(CancellationToken.None))
        {
            var spending = application.Settings.Limits.SpendingPerDay is null
                ? null
                : await unit.LockSpendingAsync(application.Id, CancellationToken.None);
            var locked = await unit.LockForVerificationAsync([otpId], submissions: false, CancellationToken.None);
            var changes = new OtpChanges(outgoing, locked.Now, secrets) { TraceParent = traceParent };
            error = locked.Otps.TryGetValue(otpId, out var otp) && otp.Otp.ApplicationId == application.Id
                ? Send(application, otp, spending, retryPeriod, changes)
                : OtpErrors.NotFound;
            await unit.SaveAsync(changes, outgoing.Messages, CancellationToken.None);
        }

        outbox.Dispatch(outgoing);
        return error;
    }

    private OtpError? Send(Application application, LockedOtp otp, ApplicationSpending? spending, int? retryPeriod, OtpChanges changes)
    {
        if (otp.State.At(changes.Now).Status != OtpStatus.Pending)
        {
            return OtpErrors.NotPending;
        }

        if (providers.For(otp.Otp.Channel) is not { } provider)
        {
            return OtpErrors.ChannelNotServed;
        }

        var onItsWay = otp.Deliveries.Exists(d => d.Status is DeliveryStatus.Queued or DeliveryStatus.Sending);
        if (!onItsWay && spending is not null && spending.Spent + otp.Otp.Cost > application.Settings.Limits.SpendingPerDay)
        {
            return OtpErrors.SpendingLimit;
        }

        if (otp.History is { } history)
        {
            if (RecipientLimits.Admit(history, application.Settings.Limits, changes.Now, retryPeriod) is { } error)
            {
                return error;
            }

            changes.CountedSends.Add(history);
        }

        if (onItsWay)
        {
            return null;
        }

        if (spending is not null)
        {
            spending.Spent += otp.Otp.Cost;
            changes.Spendings.Add(spending);
        }

        changes.QueueStep(otp, provider, options.Value.LostAfter);
        return null;
    }
}
