namespace OtpPipeline.Core.Applications.Limits;

/// <summary>Counts misses of one kind in the last minute, over all processes.</summary>
/// <remarks>Counts each attempt before its result is known, so that parallel guesses count too.</remarks>
public interface IMissStore
{
    /// <summary>Counts one attempt as a miss.</summary>
    /// <param name="applicationId">The application.</param>
    /// <param name="hash">Hash of what the misses share.</param>
    /// <param name="limit">Misses per minute.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The number to release it by; null when the limit is already reached.</returns>
    Task<long?> ReserveAsync(Guid applicationId, byte[] hash, int limit, CancellationToken cancellationToken);

    /// <summary>Takes back a counted attempt that was not a miss.</summary>
    Task ReleaseAsync(Guid applicationId, byte[] hash, long reserved, CancellationToken cancellationToken);
}
