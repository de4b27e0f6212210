namespace OtpPipeline.Core.RateLimits;

/// <summary>Leases the moments at which a provider may get a message, for all processes.</summary>
public interface IMessageSlotStore
{
    /// <summary>Leases a block of time on the provider's line; returns the time until it begins.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="length">Length of the block.</param>
    /// <param name="lead">Minimum time until it begins.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<TimeSpan> LeaseAsync(string provider, TimeSpan length, TimeSpan lead, CancellationToken cancellationToken);
}
