namespace OtpPipeline.Outbox;

/// <summary>Outbox table operations, except the insert, which the unit of work does. All times come from the database clock.</summary>
public interface IOutboxStore
{
    /// <summary>
    /// Claims up to <paramref name="limit"/> due rows that no other process holds, leased under <paramref name="leaseId"/>.
    /// </summary>
    Task<IReadOnlyList<OutboxMessage>> ClaimAsync(Guid leaseId, TimeSpan lease, int limit, CancellationToken cancellationToken);

    /// <summary>Deletes confirmed rows, even if another process holds them now. A remaining row is sent again.</summary>
    Task DeleteAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken);

    /// <summary>Releases rows still held under the lease; they are due <paramref name="after"/> from now.</summary>
    Task ReleaseAsync(Guid leaseId, IReadOnlyCollection<Guid> ids, TimeSpan after, CancellationToken cancellationToken);

    /// <summary>Counts a failed attempt for rows still held under this lease. Each row is due later or is parked.</summary>
    Task FailAsync(Guid leaseId, IReadOnlyCollection<OutboxFailure> failures, CancellationToken cancellationToken);

    /// <summary>Lists parked rows with ids after <paramref name="after"/>, ordered by id.</summary>
    Task<IReadOnlyList<OutboxMessage>> ListParkedAsync(int limit, Guid? after, CancellationToken cancellationToken);

    /// <summary>Makes parked rows due at once and resets their attempts to 0; returns how many were parked.</summary>
    Task<int> ReplayAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken);

    /// <summary>Deletes parked rows without sending them; returns how many were parked.</summary>
    Task<int> DiscardAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken);
}

/// <summary>A row that could not be sent.</summary>
/// <param name="Id">The row.</param>
/// <param name="RetryAfter">Time until the next attempt; null parks the row.</param>
/// <param name="Error">Exception type and short message.</param>
public sealed record OutboxFailure(Guid Id, TimeSpan? RetryAfter, string Error);
