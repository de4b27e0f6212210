using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Requests;

namespace OtpPipeline.Core.Otps.Intake;

/// <summary>Decides a batch of orders. Pure but for the histories and spendings, which are the transaction's own copies.</summary>
public static class IntakeRules
{
    public static IReadOnlyList<IntakeAnswer> Decide(IReadOnlyList<NewOtp> orders, IntakeFacts facts, TimeSpan lostAfter, IntakeDecisions decisions)
    {
        var answers = new IntakeAnswer[orders.Count];
        for (var i = 0; i < orders.Count; i++)
        {
            answers[i] = Decide(orders[i], facts, lostAfter, decisions);
        }

        return answers;
    }

    private static IntakeAnswer Decide(NewOtp order, IntakeFacts facts, TimeSpan lostAfter, IntakeDecisions decisions)
    {
        if (facts.Firsts.TryGetValue(order.OtpId, out var first))
        {
            return Replay(order, first);
        }

        var limits = order.Order.Application.Settings.Limits;
        var history = facts.HistoryOf(order, order.HistoryHash);
        var spending = limits.SpendingPerDay is null ? null : facts.Spendings[order.ApplicationId];
        var error =
            (order.Order.Terms.OneLive && IsLive(order, facts, decisions) ? OtpErrors.StillLive : null)
            ?? (spending is not null && spending.Spent + order.Cost > limits.SpendingPerDay ? OtpErrors.SpendingLimit : null)
            ?? order.Counters.Select(c => RecipientLimits.Full(facts.HistoryOf(order, c.Hash), c.Counted, facts.Now)).FirstOrDefault(r => r is not null)
            ?? RecipientLimits.Admit(history, limits, facts.Now, order.Order.Terms.RetryPeriod);
        if (error is not null)
        {
            decisions.ReleasedKeys.Add(order);
            return new(null, error);
        }

        if (spending is not null)
        {
            spending.Spent += order.Cost;
            decisions.Spendings.Add(spending);
        }

        decisions.Histories.Add(history);
        foreach (var counter in order.Counters)
        {
            var counted = facts.HistoryOf(order, counter.Hash);
            RecipientLimits.Count(counted, counter.Counted, facts.Now);
            decisions.Histories.Add(counted);
        }

        var otp = Create(order, facts.Now);
        decisions.Otps.Add(otp);
        decisions.Pins.Add(new()
        {
            OtpId = otp.Id,
            Version = 1,
            Ciphertext = order.PinCiphertext,
            KeyId = order.PinKeyId,
            ValidUntil = otp.ExpiresAt,
            Exact = order.ExactPin,
            Message = order.Message,
            FindHash = order.PinHash,
            UniqueHash = order.Order.Terms.UniquePin ? order.PinHash : null,
        });
        decisions.Deliveries.Add(FirstDelivery(order, facts.Now, lostAfter));
        return new(otp, null);
    }

    /// <summary>The same command gets the first answer, also the one of a duplicate in the same batch.</summary>
    public static IntakeAnswer Replay(NewOtp order, FirstUse first) =>
        !first.CommandHash.AsSpan().SequenceEqual(order.CommandHash) || first.Otp is null
            ? new(null, OtpErrors.IdempotencyKeyReused)
            : new(first.Otp, null);

    /// <summary>In the database, or a moment ago in this batch.</summary>
    private static bool IsLive(NewOtp order, IntakeFacts facts, IntakeDecisions decisions) =>
        facts.Live.Contains(Convert.ToHexString(order.LookupHash!)) || decisions.Otps.Exists(o => o.LookupHash.AsSpan().SequenceEqual(order.LookupHash));

    private static Otp Create(NewOtp order, DateTime now) => new()
    {
        Id = order.OtpId,
        ApplicationId = order.ApplicationId,
        TrackId = order.Order.TrackId,
        Channel = order.Order.Channel,
        CountryIso = order.Order.Recipient.CountryIso,
        RecipientHash = order.RecipientHash,
        LimitHash = order.LimitHash,
        LookupHash = order.LookupHash,
        Details = order.Details,
        Status = OtpStatus.Pending,
        Sequence = 1,
        CallbackEvents = order.Order.CallbackUrl is null ? null : order.Order.Application.Settings.CallbackEvents,
        MaxAttempts = order.Order.MaxAttempts,
        Ttl = order.Order.Ttl,
        Parts = order.Parts,
        Cost = order.Cost,
        Metadata = order.Metadata,
        CreatedAt = now,
        ExpiresAt = now.AddSeconds(order.Order.Ttl),
    };

    private static Delivery FirstDelivery(NewOtp order, DateTime now, TimeSpan lostAfter) => new()
    {
        Id = Guid.CreateVersion7(),
        OtpId = order.OtpId,
        ApplicationId = order.ApplicationId,
        Channel = order.Order.Channel,
        Provider = order.Provider,
        Step = 1,
        Attempt = 1,
        Status = DeliveryStatus.Queued,
        DueAt = now,
        PublishDueAt = now + lostAfter,
        CreatedAt = now,
        UpdatedAt = now,
    };
}
