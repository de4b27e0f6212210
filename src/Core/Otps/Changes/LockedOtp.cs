using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Deliveries;
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

    /// <summary>When searching for lost deliveries: OTPs whose work command is still in the outbox.</summary>
    public IReadOnlySet<Guid> Unpublished { get; init; } = new HashSet<Guid>();

    /// <summary>When writing outcomes: receipts that wait for their messages' ids.</summary>
    public IReadOnlyList<KeptReceipt> KeptReceipts { get; init; } = [];
}
