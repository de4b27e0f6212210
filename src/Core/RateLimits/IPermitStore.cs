namespace OtpPipeline.Core.RateLimits;

/// <summary>A process's request for permits of one application.</summary>
/// <param name="ApplicationId">The id that requests are counted under, such as the application's.</param>
/// <param name="Allowed">Requests and commands allowed per minute, over all processes.</param>
/// <param name="Wanted">Permits that the process can use; it may get fewer.</param>
public readonly record struct PermitRequest(Guid ApplicationId, int Allowed, int Wanted);

/// <summary>The permits that the process got.</summary>
/// <param name="Granted">Permits for this process alone until the minute ends; 0 when none are left.</param>
/// <param name="Leased">Permits leased to all processes in this minute.</param>
/// <param name="LeasedBefore">Permits leased to all processes in the previous minute; 0 without requests.</param>
/// <param name="EndsIn">Time until the minute ends, by the database's clock.</param>
public readonly record struct PermitLease(int Granted, int Leased, int LeasedBefore, TimeSpan EndsIn);

/// <summary>Counts permits per application and minute for all processes.</summary>
public interface IPermitStore
{
    /// <summary>Leases for several applications, each listed once, in one statement; answers in the order of the requests.</summary>
    Task<IReadOnlyList<PermitLease>> LeaseAsync(IReadOnlyList<PermitRequest> requests, CancellationToken cancellationToken);
}
