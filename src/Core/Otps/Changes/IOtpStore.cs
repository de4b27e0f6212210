using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;

namespace OtpPipeline.Core.Otps.Changes;

/// <summary>Stores the OTPs in one database.</summary>
/// <remarks>
/// Set-based: one round trip per step for any number of OTPs. Each database has an implementation; the pure rules beside the use cases
/// decide.
/// </remarks>
public interface IOtpStore
{
    /// <summary>Begins a transaction that changes OTPs.</summary>
    Task<IOtpUnit> BeginAsync(CancellationToken cancellationToken);

    /// <summary>Reads an OTP of this application, its deliveries and the clock; null when there is no such OTP.</summary>
    Task<OtpReading?> FindAsync(Guid applicationId, Guid otpId, CancellationToken cancellationToken);

    /// <summary>Also reads the feedback that the OTP owes.</summary>
    Task<OtpReading?> FindWithFeedbackAsync(Guid applicationId, Guid otpId, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes one bounded batch of outdated rows, such as OTPs final longer than the retention. Returns the number of rows.
    /// </summary>
    Task<int> PurgeAsync(PurgePeriods periods, int limit, CancellationToken cancellationToken);
}

/// <summary>How long rows are kept after their last use.</summary>
public sealed record PurgePeriods(TimeSpan FinalOtps, TimeSpan SandboxMessages, TimeSpan IdleRecipients);

/// <summary>An OTP as GET reads it.</summary>
/// <param name="Otp">The row.</param>
/// <param name="Deliveries">Oldest first.</param>
/// <param name="Now">The database's clock at the time of the read.</param>
public sealed record OtpReading(Otp Otp, IReadOnlyList<Delivery> Deliveries, DateTime Now)
{
    /// <summary>When reading for feedback: what the OTP owes; null for nothing.</summary>
    public PendingFeedback? Feedback { get; init; }
}
