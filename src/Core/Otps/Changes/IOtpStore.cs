using OtpPipeline.Core.Deliveries;

namespace OtpPipeline.Core.Otps.Changes;

/// <summary>
/// The OTPs as a database keeps them: set-based, one round trip a step, whatever the number of OTPs. Each database has its own
/// implementation; what it decides is in the pure rules beside the use cases.
/// </summary>
public interface IOtpStore
{
    /// <summary>One transaction that changes OTPs.</summary>
    Task<IOtpUnit> BeginAsync(CancellationToken cancellationToken);

    /// <summary>
    /// An OTP of this application with its deliveries, and the moment of reading; null where the application has no such OTP.
    /// </summary>
    Task<OtpReading?> FindAsync(Guid applicationId, Guid otpId, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes OTPs that were final at the retention's begin, and what else is out of date, in one bounded batch; the number of rows
    /// deleted.
    /// </summary>
    Task<int> PurgeAsync(PurgePeriods periods, int limit, CancellationToken cancellationToken);
}

/// <summary>How long rows are kept after they are of no more use.</summary>
public sealed record PurgePeriods(TimeSpan FinalOtps, TimeSpan SandboxMessages, TimeSpan IdleRecipients);

/// <summary>An OTP as GET sees it.</summary>
/// <param name="Otp">The row.</param>
/// <param name="Deliveries">Oldest first.</param>
/// <param name="Now">The database's clock at the reading.</param>
public sealed record OtpReading(Otp Otp, IReadOnlyList<Delivery> Deliveries, DateTime Now);
