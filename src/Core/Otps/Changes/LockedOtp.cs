using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Deliveries;

namespace OtpPipeline.Core.Otps.Changes;

/// <summary>An OTP under lock with all that belongs to it.</summary>
/// <param name="Otp">The row.</param>
/// <param name="Pin">Its PIN; null once wiped, and where nothing is verified.</param>
/// <param name="Deliveries">Oldest first.</param>
/// <param name="History">Its recipient's, locked too and shared by OTPs of the same recipient; null after a purge, and where nothing is
/// verified.</param>
public sealed record LockedOtp(Otp Otp, OtpPin? Pin, List<Delivery> Deliveries, RecipientHistory? History)
{
    /// <summary>Submissions that were answered before, where they were asked for.</summary>
    public List<OtpSubmission> Submissions { get; init; } = [];

    /// <summary>
    /// Whether a submission that comes again is still recognised: no longer than any idempotency key after the OTP's end.
    /// </summary>
    public bool Remembers(DateTime now, TimeSpan retention) => Otp.FinalAt is not { } end || now < end + retention;

    /// <summary>What was answered to this submission; null where it is new or has no id.</summary>
    public OtpSubmission? AnswerTo(byte[]? submission) =>
        submission is null ? null : Submissions.Find(s => s.Hash.AsSpan().SequenceEqual(submission));

    public OtpState State =>
        new(Otp.Status, Otp.Reason, Otp.Attempts, Otp.MaxAttempts, Otp.ExpiresAt, Deliveries.Any(d => d.Status.MayHaveArrived()));
}

/// <summary>OTPs under lock, and the database's clock read after the lock was had.</summary>
/// <param name="Now">The moment on which everything is decided.</param>
/// <param name="Otps">By id.</param>
public sealed record LockedOtps(DateTime Now, IReadOnlyDictionary<Guid, LockedOtp> Otps)
{
    /// <summary>Those with a work command that still waits in the outbox, where lost deliveries are looked for.</summary>
    public IReadOnlySet<Guid> Unpublished { get; init; } = new HashSet<Guid>();
}
