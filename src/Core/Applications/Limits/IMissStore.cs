namespace OtpPipeline.Core.Applications.Limits;

/// <summary>
/// Counts misses of one kind in the last minute for all processes: each before it is known to be one, so that guesses side by side are
/// counted too.
/// </summary>
public interface IMissStore
{
    /// <summary>Counts one.</summary>
    /// <param name="applicationId">Whose.</param>
    /// <param name="hash">Of what they have in common.</param>
    /// <param name="limit">Misses a minute.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>By what it is taken back; null where there were as many already.</returns>
    Task<long?> ReserveAsync(Guid applicationId, byte[] hash, int limit, CancellationToken cancellationToken);

    /// <summary>It was none.</summary>
    Task ReleaseAsync(Guid applicationId, byte[] hash, long reserved, CancellationToken cancellationToken);
}
