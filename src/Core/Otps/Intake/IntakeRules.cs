using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Plans;
using OtpPipeline.Core.Otps.Requests;

namespace OtpPipeline.Core.Otps.Intake;

/// <summary>Decides a batch of requests.</summary>
/// <remarks>Pure except for the histories and spendings, which are the transaction's copies.</remarks>
public static class IntakeRules
{
    public static IntakeDecisions Decide(IReadOnlyList<NewOtp> requests, IntakeFacts facts, TimeSpan lostAfter)
    {
        var decisions = new IntakeDecisions(facts.Now);
        foreach (var request in requests)
        {
            decisions.Answers.Add(Decide(request, facts, lostAfter, decisions));
        }

        return decisions;
    }

    private static IntakeAnswer Decide(NewOtp request, IntakeFacts facts, TimeSpan lostAfter, IntakeDecisions decisions)
    {
        if (facts.Firsts.TryGetValue(request.OtpId, out var first))
        {
            return Replay(request, first);
        }

        var limits = request.Validated.Application.Settings.Limits;
        var history = facts.HistoryOf(request, request.HistoryHash);
        var counts = limits.SpendingPerDay is not null && !request.Validated.Application.IsTest;
        var spending = counts ? facts.Spendings[request.ApplicationId] : null;
        var error =
            (request.Validated.Options.OneLive && IsLive(request, facts, decisions) ? OtpErrors.StillLive : null)
            ?? (spending is not null && spending.Spent + request.Cost > limits.SpendingPerDay ? OtpErrors.SpendingLimit : null)
            ?? request.Counters
                .Select(c => RecipientLimits.Full(facts.HistoryOf(request, c.Hash), c.Counted, facts.Now))
                .FirstOrDefault(r => r is not null)
            ?? RecipientLimits.Admit(history, limits, facts.Now, request.Validated.Options.RetryPeriod);
        if (error is not null)
        {
            decisions.ReleasedKeys.Add(request);
            return new(null, error);
        }

        if (spending is not null)
        {
            spending.Spent += request.Cost;
            decisions.Spendings.Add(spending);
        }

        decisions.Histories.Add(history);
        foreach (var counter in request.Counters)
        {
            var counted = facts.HistoryOf(request, counter.Hash);
            RecipientLimits.Count(counted, counter.Counted, facts.Now);
            decisions.Histories.Add(counted);
        }

        var otp = Create(request, facts.Now);
        decisions.Otps.Add(otp);
        decisions.Pins.Add(new()
        {
            OtpId = otp.Id,
            Version = 1,
            Ciphertext = request.PinCiphertext,
            KeyId = request.PinKeyId,
            ValidUntil = otp.ExpiresAt,
            Exact = request.ExactPin,
            Message = request.Message,
            FindHash = request.PinHash,
            UniqueHash = request.Validated.Options.UniquePin ? request.PinHash : null,
        });
        decisions.Deliveries.Add(FirstDelivery(request, facts.Now, lostAfter));
        return new(otp, null);
    }

    /// <summary>Answers the same command with the first answer, also for a duplicate in the same batch.</summary>
    public static IntakeAnswer Replay(NewOtp request, FirstUse first) =>
        !first.CommandHash.AsSpan().SequenceEqual(request.CommandHash) || first.Otp is null
            ? new(null, OtpErrors.IdempotencyKeyReused)
            : new(first.Otp, null);

    /// <summary>Whether a live OTP exists in the database or earlier in this batch.</summary>
    private static bool IsLive(NewOtp request, IntakeFacts facts, IntakeDecisions decisions) =>
        facts.Live.Contains(Convert.ToHexString(request.LookupHash!))
        || decisions.Otps.Exists(o => o.LookupHash.AsSpan().SequenceEqual(request.LookupHash));

    private static Otp Create(NewOtp request, DateTime now) => new()
    {
        Id = request.OtpId,
        ApplicationId = request.ApplicationId,
        TrackId = request.Validated.TrackId,
        Channel = request.Validated.Channel,
        Plan = OtpPlan.Text(request.Validated.Plan),
        CountryIso = request.Validated.Recipient.CountryIso,
        RecipientHash = request.RecipientHash,
        LimitHash = request.LimitHash,
        LookupHash = request.LookupHash,
        ExternalHash = request.ExternalHash,
        Details = request.Details,
        Status = OtpStatus.Pending,
        Sequence = 1,
        CallbackEvents = request.Validated.Details.CallbackUrl is null ? null : request.Validated.Application.Settings.CallbackEvents,
        Events = request.Validated.Application.Settings.Events is var events and not PublishedEvents.All ? events : null,
        MaxAttempts = request.Validated.MaxAttempts,
        Ttl = request.Validated.Ttl,
        Parts = request.Parts,
        Cost = request.Cost,
        Metadata = request.Attached,
        IsTest = request.Validated.Application.IsTest,
        CreatedAt = now,
        ExpiresAt = now.AddSeconds(request.Validated.Ttl),
    };

    private static Delivery FirstDelivery(NewOtp request, DateTime now, TimeSpan lostAfter) => new()
    {
        Id = Guid.CreateVersion7(),
        OtpId = request.OtpId,
        ApplicationId = request.ApplicationId,
        Channel = request.Validated.Channel,
        Route = request.Route,
        Cost = request.Cost,
        Step = 1,
        Attempt = 1,
        Status = DeliveryStatus.Queued,
        DueAt = now,
        PublishDueAt = now + lostAfter,
        CreatedAt = now,
        UpdatedAt = now,
    };
}
