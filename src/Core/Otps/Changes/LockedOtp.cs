using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Receipts;

namespace OtpPipeline.Core.Otps.Changes;

/// <summary>A locked OTP with its PIN, deliveries and history.</summary>
/// <param name="Otp">The row.</param>
/// <param name="Pin">Its PIN; null once wiped, and when nothing is verified.</param>
/// <param name="Deliveries">Oldest first.</param>
/// <param name="History">The recipient's history, locked and shared by OTPs of that recipient; null after a purge, and when nothing is
/// verified.</param>
public sealed record LockedOtp(Otp Otp, OtpPin? Pin, List<Delivery> Deliveries, RecipientHistory? History)
{
    /// <summary>Submissions answered before; empty unless requested.</summary>
    public List<OtpSubmission> Submissions { get; init; } = [];

    /// <summary>Whether a repeated submission is still recognised: as long after the OTP's end as an idempotency key.</summary>
    public bool Remembers(DateTime now, TimeSpan retention) => Otp.FinalAt is not { } end || now < end + retention;

    /// <summary>The stored answer to this submission; null when it is new or has no id.</summary>
    public OtpSubmission? AnswerTo(byte[]? submission) =>
        submission is null ? null : Submissions.Find(s => s.Hash.AsSpan().SequenceEqual(submission));

    public OtpState State =>
        new(Otp.Status, Otp.Reason, Otp.Attempts, Otp.MaxAttempts, Otp.ExpiresAt, Deliveries.Any(d => d.Status.MayHaveArrived()));
}

/// <summary>Locked OTPs, and the database's clock read after the lock was taken.</summary>
/// <param name="Now">The time for all decisions.</param>
/// <param name="Otps">By id.</param>
public sealed record LockedOtps(DateTime Now, IReadOnlyDictionary<Guid, LockedOtp> Otps)
{
    /// <summary>When searching for lost deliveries: OTPs whose work command is still in the outbox.</summary>
    public IReadOnlySet<Guid> Unpublished { get; init; } = new HashSet<Guid>();

    /// <summary>When writing outcomes: receipts that wait for their messages' ids.</summary>
    public IReadOnlyList<KeptReceipt> KeptReceipts { get; init; } = [];
}
