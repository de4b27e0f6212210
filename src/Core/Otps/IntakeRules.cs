using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Deliveries;

namespace OtpPipeline.Core.Otps;

/// <summary>An order with all that is made before the database is asked: id, sealed secrets, keyed hashes.</summary>
public sealed record NewOtp(
    OtpOrder Order,
    Guid OtpId,
    byte[] RecipientHash,
    byte[] Details,
    byte[] PinCiphertext,
    string PinKeyId,
    string Provider,
    int Parts,
    decimal Cost,
    byte[]? IdempotencyHash,
    byte[]? CommandHash)
{
    public Guid ApplicationId => Order.Application.Id;

    public QueueShare Share => new(ApplicationId, Order.Channel);

    /// <summary>The PIN is compared with its case.</summary>
    public bool ExactPin { get; init; }

    /// <summary>The caller's pairs, sealed.</summary>
    public byte[]? Metadata { get; init; }

    /// <summary>The caller's own message, sealed.</summary>
    public byte[]? Message { get; init; }

    /// <summary>Finds the OTP for callers who know no id.</summary>
    public byte[]? LookupHash { get; init; }

    /// <summary>Finds the OTP by its PIN.</summary>
    public byte[]? PinHash { get; init; }

    /// <summary>What counts this send besides the recipient's own history.</summary>
    public IReadOnlyList<SendCounter> Counters { get; init; } = [];

    /// <summary>Counts the recipient's sends and failed guesses; null where that is <see cref="RecipientHash"/>.</summary>
    public byte[]? LimitHash { get; init; }

    /// <summary>The hash of the recipient's history.</summary>
    public byte[] HistoryHash => LimitHash ?? RecipientHash;

    /// <summary>The hashes of all histories that this send is counted in, the recipient's first.</summary>
    public IEnumerable<byte[]> HistoryHashes => Counters.Select(c => c.Hash).Prepend(HistoryHash);

    /// <summary>Prints the id only.</summary>
    public override string ToString() => OtpId.ToString();
}

/// <summary>Counted sends with the hash that their history is kept under.</summary>
public sealed record SendCounter(byte[] Hash, CountedSends Counted);

/// <summary>What the database says at the intake of a batch.</summary>
/// <param name="Now">Its clock, read once.</param>
/// <param name="Firsts">By the new OTP's id: the first use of its idempotency key, where it is not this one.</param>
/// <param name="Histories">Of each recipient and of everything else that counts sends, locked.</param>
/// <param name="Spendings">Of each application with a spending limit, locked.</param>
public sealed record IntakeFacts(
    DateTime Now,
    IReadOnlyDictionary<Guid, FirstUse> Firsts,
    IReadOnlyDictionary<(Guid ApplicationId, string RecipientHash), RecipientHistory> Histories,
    IReadOnlyDictionary<Guid, ApplicationSpending> Spendings)
{
    /// <summary>Lookup hashes, in hexadecimal digits, of those orders that want to be the one live OTP and are not.</summary>
    public IReadOnlySet<string> Live { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Use of the shares that were asked for.</summary>
    public IReadOnlyDictionary<QueueShare, QueueShareUse> Shares { get; init; } = new Dictionary<QueueShare, QueueShareUse>();

    public RecipientHistory HistoryOf(NewOtp order, byte[] hash) => Histories[(order.ApplicationId, Convert.ToHexString(hash))];
}

/// <summary>The first command of an idempotency key.</summary>
/// <param name="CommandHash">Of its normalised form.</param>
/// <param name="Otp">What it created; null when that is already purged.</param>
public sealed record FirstUse(byte[] CommandHash, Otp? Otp);

/// <summary>What to write for a batch.</summary>
/// <param name="now">The database's clock, read once.</param>
public sealed class IntakeDecisions(DateTime now)
{
    public DateTime Now => now;

    public List<Otp> Otps { get; } = [];

    public List<OtpPin> Pins { get; } = [];

    public List<Delivery> Deliveries { get; } = [];

    public HashSet<RecipientHistory> Histories { get; } = [];

    public HashSet<ApplicationSpending> Spendings { get; } = [];

    /// <summary>Keys that this transaction claimed for orders that were then refused: free again.</summary>
    public List<NewOtp> ReleasedKeys { get; } = [];
}

/// <summary>The answer to an order.</summary>
/// <param name="Otp">The OTP as it was created; null when refused.</param>
/// <param name="Refusal">Why not.</param>
public readonly record struct IntakeAnswer(Otp? Otp, Refusal? Refusal);

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
        var refusal =
            (order.Order.Terms.OneLive && IsLive(order, facts, decisions) ? Refusals.StillLive : null)
            ?? (spending is not null && spending.Spent + order.Cost > limits.SpendingPerDay ? Refusals.SpendingLimit : null)
            ?? order.Counters.Select(c => RecipientLimits.Full(facts.HistoryOf(order, c.Hash), c.Counted, facts.Now)).FirstOrDefault(r => r is not null)
            ?? RecipientLimits.Admit(history, limits, facts.Now, order.Order.Terms.RetryPeriod);
        if (refusal is not null)
        {
            decisions.ReleasedKeys.Add(order);
            return new(null, refusal);
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

    /// <summary>The same command gets the first answer, also the one of a twin in the same batch.</summary>
    public static IntakeAnswer Replay(NewOtp order, FirstUse first) =>
        !first.CommandHash.AsSpan().SequenceEqual(order.CommandHash) || first.Otp is null
            ? new(null, Refusals.IdempotencyKeyReused)
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
