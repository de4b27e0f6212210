using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Plans;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Otps.Sending;

/// <summary>Starts the steps of plans whose wait is over, in bounded batches that several workers can take in parallel.</summary>
public sealed class StepStart(
    IStepStore steps, IOtpStore store, IOutbox outbox, OtpSecrets secrets, ProviderChoice providers, IOptions<DeliveryOptions> options)
{
    /// <summary>Starts one batch; returns the number of OTPs whose step was due.</summary>
    /// <param name="find">Finds an application with its settings.</param>
    /// <param name="limit">OTPs in the batch.</param>
    /// <param name="cancellationToken">Ends the work before its commit.</param>
    public async Task<int> StartDueAsync(
        Func<Guid, CancellationToken, ValueTask<Application?>> find, int limit, CancellationToken cancellationToken)
    {
        var due = await steps.FindDueAsync(limit, cancellationToken);
        if (due.Count == 0)
        {
            return 0;
        }

        var applications = new Dictionary<Guid, Application>();
        foreach (var id in due.Select(d => d.ApplicationId).Distinct().Order())
        {
            applications[id] = await find(id, cancellationToken) ?? new() { Id = id, Name = "", Settings = new() };
        }

        var outgoing = outbox.NewBatch();
        int count;
        await using (var unit = await store.BeginAsync(cancellationToken))
        {
            var locked = await unit.LockDueStepsAsync([.. due.Select(d => d.OtpId)], cancellationToken);
            var starts = locked.Otps.Values.Where(o => locked.DueSteps.ContainsKey(o.Otp.Id))
                .Select(o => Prepare(o, applications[o.Otp.ApplicationId])).ToList();
            count = starts.Count;
            if (count > 0)
            {
                var histories = await unit.LockHistoriesAsync(
                    [.. starts.SelectMany(s => s.Left.Where(n => n.Send is not null).Select(n => (s.Application.Id, n.Send!.HistoryHash)))], cancellationToken);
                var spendings = await LockSpendingsAsync(unit, starts.Select(s => s.Application), cancellationToken);
                var changes = new OtpChanges(outgoing, locked.Now, secrets);
                starts.ForEach(
                    s => Start(s, s.Locked.Otp.IsTest ? null : spendings.GetValueOrDefault(s.Application.Id), histories, changes));
                await unit.SaveAsync(changes, outgoing.Messages, cancellationToken);
            }
        }

        outbox.Dispatch(outgoing);
        return count;
    }

    private static async Task<Dictionary<Guid, ApplicationSpending>> LockSpendingsAsync(
        IOtpUnit unit, IEnumerable<Application> applications, CancellationToken cancellationToken)
    {
        var spendings = new Dictionary<Guid, ApplicationSpending>();
        foreach (var id in applications.Where(a => a.Settings.Limits.SpendingPerDay is not null).Select(a => a.Id).Distinct().Order())
        {
            spendings[id] = await unit.LockSpendingAsync(id, cancellationToken);
        }

        return spendings;
    }

    /// <summary>The steps that are left, each with its recipient; without it when the key that encrypts the recipients is missing.</summary>
    private Steps Prepare(LockedOtp locked, Application application)
    {
        OtpDetails? details = null;
        try
        {
            details = secrets.DecryptDetails(locked.Otp.Id, locked.Otp.Details);
        }
        catch (CryptographicException)
        {
            // Each step ends with the reason, and the OTP is not searched for again.
        }

        return new(locked, application, [
            .. OtpPlan.From(locked.Otp).Select((step, i) => (Step: i + 1, step.Channel)).Skip(StepSchedule.Current(locked)).Select(s => (
                s.Step, s.Channel,
                details is null ? null : FurtherSend.From(application, locked.Otp, details, s.Step, providers, secrets)))
        ]);
    }

    /// <summary>Starts the first step that the limits and the configuration allow; those before it end with their reason.</summary>
    private void Start(Steps steps, ApplicationSpending? spending, SendHistories histories, OtpChanges changes)
    {
        var locked = steps.Locked;
        changes.EndedWaits.Add(locked.Otp.Id);
        foreach (var (step, channel, send) in steps.Left)
        {
            var reason = send is null ? "key_missing" : send.Route is null ? "channel_not_served" : ReasonOf(send.Admit(
                steps.Application.Settings.Limits, histories.Of(steps.Application.Id, send.HistoryHash), spending, isFree: false,
                retryPeriod: 0, changes));
            changes.QueueAttempt(
                locked,
                new(channel, send?.Route?.Name ?? DeliveryRoute.Default, step, 1, IsResend: false, reason is null ? send!.Cost : 0),
                TimeSpan.Zero, options.Value.LostAfter);
            if (reason is null)
            {
                return;
            }

            changes.Move(locked, locked.Deliveries[^1], DeliveryStatus.Failed, reason);
        }

        if (!locked.Deliveries.Exists(d => d.Status.KeepsAlive()))
        {
            changes.Move(locked, OtpRules.Undeliverable(locked.State, changes.Now));
        }
    }

    private static string? ReasonOf(OtpError? error) => error?.Kind switch
    {
        null => null,
        ErrorKind.SpendingLimit => "spending_limit",
        _ => "recipient_limit",
    };

    private sealed record Steps(
        LockedOtp Locked, Application Application, IReadOnlyList<(int Step, Channel Channel, FurtherSend? Send)> Left);
}
