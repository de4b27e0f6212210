using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Core.Otps.Changes;

/// <summary>A locked OTP with its PIN, deliveries and history.</summary>
/// <param name="Otp">The row.</param>
/// <param name="Pin">Its PIN; null once wiped, and when nothing is verified.</param>
/// <param name="Deliveries">Oldest first.</param>
/// <param name="History">The recipient's history, locked and shared by OTPs of that recipient; null after a purge, and when nothing is
/// verified.</param>
public sealed record LockedOtp(Otp Otp, OtpPin? Pin, List<Delivery> Deliveries, RecipientHistory? History)
{
    /// <summary>The PIN before <see cref="Pin"/> while it is valid too.</summary>
    public OtpPin? PinBefore { get; init; }

    /// <summary>Submissions answered before; empty unless requested.</summary>
    public List<OtpSubmission> Submissions { get; init; } = [];

    /// <summary>Whether a repeated submission is still recognised: as long after the OTP's end as an idempotency key.</summary>
    public bool Remembers(DateTime now, TimeSpan retention) => Otp.FinalAt is not { } end || now < end + retention;

    /// <summary>The stored answer to this submission; null when it is new or has no id.</summary>
    public OtpSubmission? AnswerTo(byte[]? submission) =>
        submission is null ? null : Submissions.Find(s => s.Hash.AsSpan().SequenceEqual(submission));

    /// <summary>Whether the guess equals a valid PIN. Compares with each, so that the time reveals nothing.</summary>
    public bool Matches(PinGuess guess, OtpSecrets secrets)
    {
        var now = Pin is { } pin && secrets.DecryptPin(pin).Matches(guess);
        return (PinBefore is { } before && secrets.DecryptPin(before).Matches(guess)) | now;
    }

    public OtpState State =>
        new(Otp.Status, Otp.Reason, Otp.Attempts, Otp.MaxAttempts, Otp.ExpiresAt, Deliveries.Any(d => d.Status.MayHaveArrived()));
}

/// <summary>Locked OTPs, and the database's clock read after the lock was taken.</summary>
/// <param name="Now">The time for all decisions.</param>
/// <param name="Otps">By id.</param>
public sealed record LockedOtps(DateTime Now, IReadOnlyDictionary<Guid, LockedOtp> Otps)
{
    /// <summary>When searching for due steps: the step that is due, by OTP.</summary>
    public IReadOnlyDictionary<Guid, int> DueSteps { get; init; } = new Dictionary<Guid, int>();

    /// <summary>When locking for feedback: what each OTP owes.</summary>
    public IReadOnlyDictionary<Guid, PendingFeedback> Feedback { get; init; } = new Dictionary<Guid, PendingFeedback>();

    /// <summary>When searching for lost messages: OTPs whose command is still in the outbox.</summary>
    public IReadOnlySet<Guid> Unpublished { get; init; } = new HashSet<Guid>();

    /// <summary>When writing outcomes: receipts that wait for their messages' ids.</summary>
    public IReadOnlyList<KeptReceipt> KeptReceipts { get; init; } = [];
    /// <summary>Puts together the rows that a database read under the lock; its deliveries come in the order of step and attempt.</summary>
    /// <param name="now">The database's clock.</param>
    /// <param name="otps">The locked rows.</param>
    /// <param name="pins">Their PINs, in any order.</param>
    /// <param name="deliveries">Their deliveries.</param>
    /// <param name="histories">The recipients' histories by OTP; OTPs of one recipient get the same one.</param>
    /// <param name="submissions">Submissions answered before.</param>
    public static LockedOtps From(
        DateTime now, IReadOnlyCollection<Otp> otps, IReadOnlyCollection<OtpPin> pins, IReadOnlyCollection<Delivery> deliveries,
        IReadOnlyCollection<(Guid OtpId, RecipientHistory Row)> histories, IReadOnlyCollection<OtpSubmission> submissions)
    {
        var deliveriesOf = deliveries.ToLookup(d => d.OtpId);
        var pinsOf = pins.OrderByDescending(p => p.Version).ToLookup(p => p.OtpId);
        var submissionsOf = submissions.ToLookup(s => s.OtpId);
        var rows = histories.Select(h => h.Row).DistinctBy(KeyOf).ToDictionary(KeyOf);
        var historyOf = histories.ToDictionary(h => h.OtpId, h => rows[KeyOf(h.Row)]);
        return new(
            now,
            otps.ToDictionary(o => o.Id, o => new LockedOtp(
                o,
                pinsOf[o.Id].FirstOrDefault(),
                [.. deliveriesOf[o.Id]],
                historyOf.GetValueOrDefault(o.Id))
            {
                PinBefore = pinsOf[o.Id].ElementAtOrDefault(1),
                Submissions = [.. submissionsOf[o.Id]],
            }));
    }

    private static (Guid ApplicationId, string Hash) KeyOf(RecipientHistory history) =>
        (history.ApplicationId, Convert.ToHexString(history.RecipientHash));
}
