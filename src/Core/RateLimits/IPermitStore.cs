namespace OtpPipeline.Core.RateLimits;

/// <summary>A process asks for permits of one application.</summary>
/// <param name="ApplicationId">Whose requests are counted together, such as the application.</param>
/// <param name="Allowed">Requests and commands allowed a minute, over all processes.</param>
/// <param name="Wanted">Permits that the process can use; it may get fewer.</param>
public readonly record struct PermitRequest(Guid ApplicationId, int Allowed, int Wanted);

/// <summary>What it got.</summary>
/// <param name="Granted">Permits that are the process's own until the minute ends; 0 when none are left.</param>
/// <param name="Leased">Permits that all processes have got in this minute.</param>
/// <param name="LeasedBefore">The same in the minute before; 0 where nobody asked.</param>
/// <param name="EndsIn">Until the minute ends, by the database's clock.</param>
public readonly record struct PermitLease(int Granted, int Leased, int LeasedBefore, TimeSpan EndsIn);

/// <summary>Counts permits per application and minute for all processes.</summary>
public interface IPermitStore
{
    /// <summary>Leases for several applications, each named once, in one statement; answers in the order of the requests.</summary>
    Task<IReadOnlyList<PermitLease>> LeaseAsync(IReadOnlyList<PermitRequest> requests, CancellationToken cancellationToken);
}
